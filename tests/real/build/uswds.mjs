// @uswds/uswds: each component's own stories (the examples of its Storybook), rendered here by Twig
// with the stories' content, with the compiled style sheet, fonts, pictures, icons and scripts.

import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { escape, onOnePage } from "./fixtures.mjs";

export async function uswds({ site, packages, page }) {
  const root = join(packages, "@uswds/uswds");
  const out = join(site, "uswds");
  mkdirSync(out, { recursive: true });
  for (const folder of ["css", "fonts", "img", "js", "components"]) {
    cpSync(join(root, "dist", folder), join(out, folder), { recursive: true, filter: (file) => !file.endsWith(".map") });
  }
  for (const [component, stories] of await rendered(root, join(packages, "../stories.mjs"))) {
    page(`uswds/${component}.html`, html(component, onOnePage(stories)));
  }
  page("uswds/web-component.html", webComponent());
}

/** Component → its stories, as `{ name, html }`. */
async function rendered(root, bundle) {
  const dir = join(root, "packages");
  const require = createRequire(join(root, "package.json"));
  const Twig = require("twig");
  Twig.cache(false);
  const namespaces = { components: dir, templates: join(dir, "templates") };
  globalThis.renderTwig = (path, args) => Twig.twig({ path, async: false, rethrow: true, namespaces }).render(args);

  const files = readdirSync(dir, { recursive: true }).filter((file) => file.endsWith(".stories.js")).sort();
  const modules = await bundled(require("esbuild"), dir, files, bundle);
  const components = new Map();
  for (const [place, module] of modules.entries()) {
    const component = files[place].split("/").at(-1).replace(".stories.js", "");
    const { default: meta, ...stories } = module;
    // A module's names come sorted; the plain one is the first to be looked at.
    const named = Object.entries(stories).sort(([a], [b]) => (b === "Default") - (a === "Default"));
    const found = named.map(([name, story]) => {
      const html = (story.render ?? meta.render ?? story)({ ...meta.args, ...story.args });
      return { name, html: withoutInternet(html) };
    });
    components.set(component, found);
  }
  return components;
}

/** The stories as modules: templates become functions, the components' scripts run in the page. */
async function bundled(esbuild, dir, files, outfile) {
  await esbuild.build({
    stdin: {
      contents: `export default [${files.map((_, i) => `s${i}`)}];\n` + files.map((file, i) => `import * as s${i} from "./${file}";`).join("\n"),
      resolveDir: dir,
    },
    bundle: true,
    format: "esm",
    outfile,
    logLevel: "error",
    plugins: [{
      name: "stories",
      setup(build) {
        build.onLoad({ filter: /\.twig$/ }, ({ path }) => ({
          contents: `export default (args) => renderTwig(${JSON.stringify(path)}, args ?? {});`,
        }));
        build.onLoad({ filter: /\/src\/index\.js$/ }, () => ({ contents: "export default {};" }));
        build.onResolve({ filter: /^storybook\// }, ({ path }) => ({ path, namespace: "none" }));
        build.onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "export const expect = undefined;" }));
      },
    }],
  });
  return (await import(pathToFileURL(outfile))).default;
}

/** A test needs no network: a picture from elsewhere is one of the package's own. */
function withoutInternet(html) {
  return html
    .replace(/(<img[^>]*\ssrc=")https?:[^"]*/g, "$1./img/hero.jpg")
    .replace(/(<iframe[^>]*\ssrc=")https?:[^"]*/g, "$1about:blank")
    .replace(/url\((["']?)https?:[^)"']*/g, "url($1./img/hero.jpg")
    // To the page itself, which was visited: no script may know.
    .replace(/(\shref=")(?=")/g, "$1#");
}

function html(component, stories) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>USWDS: ${escape(component)}</title>
<script src="js/uswds-init.min.js"></script>
<link rel="stylesheet" href="css/uswds.min.css">
</head>
<body>
${stories}
<script src="js/uswds.min.js"></script>
<script type="module">
import { take } from "../steps/hands.js";
import steps from "../steps/uswds.js";
take(steps["${component}"]);
</script>
</body>
</html>
`;
}

/** The package's one custom element, a shadow root with adopted style sheets made by Lit. */
function webComponent() {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>USWDS: &lt;usa-banner&gt;</title>
<link rel="stylesheet" href="css/uswds.min.css">
</head>
<body>
<usa-banner></usa-banner>
<usa-banner lang="es"></usa-banner>
<usa-banner tld="mil" label="Another"></usa-banner>
<script type="module" src="components/usa-banner.js.mjs"></script>
<script type="module">
import { take } from "../steps/hands.js";
import steps from "../steps/uswds.js";
take(steps["web-component"]);
</script>
</body>
</html>
`;
}
