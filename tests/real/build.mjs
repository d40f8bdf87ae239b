// Writes the real-world pages of the fidelity suite as a static site.
//
//   node build.mjs HOME
//
// HOME holds the installed packages (`cargo xtask` sees to that) and gets `site/`: a folder for each
// source, and `pages.json`, the list of the pages in the order in which they are tested.

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

const pages = [];
/** Writes one page and puts it on the list. */
const page = (path, html) => {
  const file = join(site, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, html);
  pages.push(path);
};

const house = { site, packages: join(home, "node_modules"), sources: join(here, "apps"), page };
govuk(house);
await uswds(house);
await apps(house);
writeFileSync(join(site, "pages.json"), `${JSON.stringify(pages, null, 1)}\n`);
console.error(`real: ${pages.length} pages in ${site}`);
