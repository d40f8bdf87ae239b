// govuk-frontend: each component's own fixtures, with its style sheet, fonts and scripts.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { escape, onOnePage } from "./fixtures.mjs";

export function govuk({ site, packages, page }) {
  const dist = join(packages, "govuk-frontend/dist/govuk");
  const out = join(site, "govuk");
  mkdirSync(out, { recursive: true });
  cpSync(join(dist, "assets"), join(out, "assets"), { recursive: true });
  cpSync(join(dist, "govuk-frontend.min.js"), join(out, "govuk-frontend.min.js"));
  // They stand at the root of a site; here they stand beside the sheet.
  const css = readFileSync(join(dist, "govuk-frontend.min.css"), "utf8");
  writeFileSync(join(out, "govuk-frontend.min.css"), css.replaceAll("url(/assets/", "url(assets/"));

  const components = join(dist, "components");
  for (const component of readdirSync(components).sort()) {
    if (component.startsWith("_")) continue;
    const { fixtures } = JSON.parse(readFileSync(join(components, component, "fixtures.json"), "utf8"));
    // First those that are to be looked at, then those for the package's own unit tests.
    fixtures.sort((a, b) => a.hidden - b.hidden);
    page(`govuk/${component}.html`, html(component, onOnePage(fixtures)));
  }
}

function html(component, fixtures) {
  return `<!doctype html>
<html lang="en" class="govuk-template">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>GOV.UK: ${escape(component)}</title>
<link rel="stylesheet" href="govuk-frontend.min.css">
</head>
<body class="govuk-template__body">
<script>document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "")</script>
<div class="govuk-width-container">
${fixtures}
</div>
<script type="module">
import { initAll } from "./govuk-frontend.min.js";
import { take } from "../steps/hands.js";
import steps from "../steps/govuk.js";
initAll();
take(steps["${component}"]);
</script>
</body>
</html>
`;
}
