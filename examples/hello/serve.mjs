// Two origins, their headers, and an agent's token. No dependencies; the relay runs by itself.
import { randomUUID, webcrypto } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";

const RELAY = "ws://localhost:4500", PORTAL = "http://localhost:4501", CONSOLE = "http://localhost:4502";
const here = new URL("./", import.meta.url), target = new URL("../../target/", here);
const { subtle } = webcrypto;
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

// The organisation's key, by which it vouches for its agents. The relay and the portal know the public half.
const signer = await subtle.generateKey(ES256, true, ["sign", "verify"]);
const { kty, crv, x, y } = await subtle.exportKey("jwk", signer.publicKey);
const jwks = JSON.stringify({ keys: [{ kty, crv, x, y, kid: "hello", alg: "ES256", use: "sig" }] });
await writeFile(new URL("hello-jwks.json", target), jwks);

const base64url = (data) => Buffer.from(data).toString("base64url");
async function jwt(audience, seconds, more) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: "hello", sub: "HD-0001", aud: audience, iat: now, nbf: now, exp: now + seconds,
    jti: randomUUID(), name: "Meera Joshi", unit: "Help desk", roles: ["saath.agent"], max_level: "act", ...more };
  const header = { alg: "ES256", typ: "JWT", kid: "hello" };
  const signed = [header, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${signed}.${base64url(await subtle.sign(ES256, signer.privateKey, Buffer.from(signed)))}`;
}

// The agent's key: the token for the portal names it, and the console proves that it holds it.
const holder = await subtle.generateKey(ES256, true, ["sign"]);
const { d, ...named } = await subtle.exportKey("jwk", holder.privateKey);
const cnf = { jwk: { kty: named.kty, crv: named.crv, x: named.x, y: named.y } };
const token = [await jwt("saath-relay", 600), await jwt(PORTAL, 12 * 3600, { cnf }), d].join("~");

const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", json: "application/json", wasm: "application/wasm" };
function serve(origin, csp, files) {
  createServer(async ({ url }, answer) => {
    const path = new URL(url, origin).pathname;
    const own = files[path];
    const packaged = /^\/saath\/((?:snippets\/)?[\w./-]+)$/.exec(path)?.[1];
    try {
      if (!own && (!packaged || packaged.includes(".."))) throw new Error("no such page");
      const body = own === jwks ? own : await readFile(own ? new URL(own, here) : new URL(`npm/${packaged}`, target));
      const type = TYPES[(own === jwks ? "jwks.json" : own ?? packaged).split(".").pop()] ?? "text/plain";
      answer.writeHead(200, { "content-type": type, "content-security-policy": csp, "referrer-policy": "no-referrer" });
      answer.end(body);
    } catch {
      answer.writeHead(404).end();
    }
  }).listen(new URL(origin).port, "127.0.0.1");
}

serve(PORTAL, `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${RELAY}`,
  { "/": "portal.html", "/policy.json": "policy.json", "/jwks.json": jwks });
// This one shows other people's pages: nothing but its own files may be loaded.
serve(CONSOLE, `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${RELAY}; ` +
  "img-src data: blob:; font-src data: blob:; style-src 'unsafe-inline'; frame-src 'none'; form-action 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'",
  { "/": "console.html", "/console.js": "console.js" });
console.log(`portal   ${PORTAL}/\nconsole  ${CONSOLE}/#token=${token}`);
