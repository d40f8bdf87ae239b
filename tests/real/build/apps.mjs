// The apps made with three frameworks, built as they would be for production.

import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

export async function apps({ site, packages, sources, page }) {
  const require = createRequire(join(packages, "x.js"));
  const esbuild = require("esbuild");
  const plugins = { react: [], vue: [vue(require)], svelte: [svelte(require)] };
  for (const [name, own] of Object.entries(plugins)) {
    const out = join(site, name);
    mkdirSync(out, { recursive: true });
    await esbuild.build({
      entryPoints: { main: join(sources, name, "main.js") },
      outdir: out,
      bundle: true,
      // Parts that are loaded when they are needed, as a real app has them.
      splitting: true,
      format: "esm",
      minify: true,
      jsx: "automatic",
      loader: { ".js": "jsx" },
      define: {
        "process.env.NODE_ENV": '"production"',
        __VUE_OPTIONS_API__: "false",
        __VUE_PROD_DEVTOOLS__: "false",
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
      },
      conditions: ["browser", "production"],
      nodePaths: [packages],
      alias: { steps: join(sources, "../steps/hands.js") },
      plugins: own,
      logLevel: "error",
    });
    page(`${name}/index.html`, html(name));
  }
}

/** Single-file components: script, template and style, with the scope's attribute on all three; styles come with their part. */
function vue(require) {
  const { parse, compileScript, compileStyle } = require("vue/compiler-sfc");
  return {
    name: "vue",
    setup(build) {
      const styles = new Map();
      build.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
        const { descriptor } = parse(await readFile(path, "utf8"), { filename: path });
        const id = `data-v-${basename(path, ".vue").toLowerCase()}`;
        const { content } = compileScript(descriptor, {
          id, inlineTemplate: true, isProd: true, genDefaultAs: "component",
          templateOptions: { scoped: true, compilerOptions: { scopeId: id } },
        });
        styles.set(path, descriptor.styles.map(({ content, scoped }) =>
          compileStyle({ source: content, id, scoped, filename: path, isProd: true }).code).join("\n"));
        const scoped = descriptor.styles.some((style) => style.scoped);
        return {
          contents: `import ${JSON.stringify(`${path}.css`)};\n${content}\n` +
            (scoped ? `component.__scopeId = "${id}";\n` : "") + "export default component;",
          resolveDir: join(path, ".."),
        };
      });
      build.onResolve({ filter: /\.vue\.css$/ }, ({ path }) => ({ path, namespace: "vue-style" }));
      build.onLoad({ filter: /.*/, namespace: "vue-style" }, ({ path }) => ({
        contents: `document.head.append(Object.assign(document.createElement("style"), { textContent: ${JSON.stringify(styles.get(path.slice(0, -".css".length)))} }));`,
      }));
    },
  };
}

/** Components that put their styles into the document when they are first used. */
function svelte(require) {
  const { compile } = require("svelte/compiler");
  return {
    name: "svelte",
    setup(build) {
      build.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const { js } = compile(source, { filename: basename(path), generate: "client", css: "injected", runes: true });
        return { contents: js.code, resolveDir: join(path, "..") };
      });
    },
  };
}

function html(name) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Returns, in ${name}</title>
</head>
<body>
<div id="app"></div>
<div id="above"></div>
<script type="module" src="main.js"></script>
</body>
</html>
`;
}
