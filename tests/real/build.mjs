// Writes the real-world pages of the fidelity suite as a static site.
//
//   node build.mjs HOME
//
// HOME holds the installed packages (`cargo xtask` sees to that) and gets `site/`, a folder for each
// source. Each .html file in it is a page of the suite.

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { apps } from "./build/apps.mjs";
import { govuk } from "./build/govuk.mjs";
import { uswds } from "./build/uswds.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const home = resolve(process.argv[2]);
const site = join(home, "site");

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
cpSync(join(here, "steps"), join(site, "steps"), { recursive: true });

let pages = 0;
const page = (path, html) => {
  const file = join(site, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, html);
  pages += 1;
};

const house = { site, packages: join(home, "node_modules"), sources: join(here, "apps"), page };
govuk(house);
await uswds(house);
await apps(house);
console.error(`real: ${pages} pages in ${site}`);
