// The page and the package, on one origin. No dependencies.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const ORIGIN = "http://localhost:4511";
const here = new URL("./", import.meta.url), npm = new URL("../../target/npm/", here);
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8",
  json: "application/json", svg: "image/svg+xml", wasm: "application/wasm" };
// The replica is in this page: so nothing but its own files may be loaded, as in a console.
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' data: blob:; " +
  "font-src data: blob:; style-src 'self' 'unsafe-inline'; frame-src 'self'; form-action 'none'; base-uri 'none'";

createServer(async ({ url }, answer) => {
  const path = new URL(url, ORIGIN).pathname.slice(1) || "index.html";
  const file = path.startsWith("saath/") ? new URL(path.slice(6), npm) : new URL(path, here);
  const type = TYPES[path.split(".").pop()];
  try {
    if (!type || ![here, npm].some(({ href }) => file.href.startsWith(href))) throw new Error("no such page");
    const body = await readFile(file);
    answer.writeHead(200, { "content-type": type, "content-security-policy": CSP, "referrer-policy": "no-referrer" });
    answer.end(body);
  } catch {
    answer.writeHead(404).end();
  }
}).listen(new URL(ORIGIN).port, "127.0.0.1", () => console.log(`masking  ${ORIGIN}/`));
