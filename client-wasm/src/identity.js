// Who the agent is: tokens and proofs by the browser's own cryptography, which costs no bytes.

const utf8 = new TextDecoder();

// The name in the token, if the token is signed by one of the portal's keys, is meant for this
// portal and for now, and the proof shows that whoever took part in this very handshake holds the
// token's key. Throws otherwise, saying why.
export async function verify(token, proof, signed, jwks, audience) {
  const keys = typeof jwks === "string" ? await fetchKeys(jwks) : jwks;
  const parts = token.split(".");
  if (parts.length !== 3) throw new Error("the token is no JWT");
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(utf8.decode(bytes(part))));
  if (header.crit) throw new Error("the token has critical headers");
  const candidates = (keys?.keys ?? []).filter((key) =>
    (header.kid === undefined || key.kid === header.kid) && (key.use ?? "sig") === "sig");
  const message = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  let vouched = false;
  for (const jwk of candidates) {
    // The key says how it signs; what the token says must agree and decides nothing.
    const algorithm = algorithmOf(jwk);
    if (!algorithm || algorithm.jwt !== header.alg) continue;
    const { kty, crv, x, y, n, e } = jwk;
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, algorithm.import, false, ["verify"]);
    if (await crypto.subtle.verify(algorithm.verify, key, bytes(parts[2]), message)) vouched = true;
  }
  if (!vouched) throw new Error("no key of this portal vouches for the token");

  const now = Date.now() / 1000, leeway = 30;
  if (!(claims.exp > now - leeway)) throw new Error("the token has expired");
  if (!(claims.nbf <= now + leeway)) throw new Error("the token is not valid yet");
  if (![claims.aud].flat().includes(audience)) throw new Error("the token is for another portal");
  if (![claims.roles].flat().includes("saath.agent")) throw new Error("the token is not an agent's");
  if (![claims.name, claims.sub, claims.unit].every((text) => typeof text === "string" && text.trim())) {
    throw new Error("the token does not say who the agent is");
  }

  const { kty, crv, x, y } = claims.cnf?.jwk ?? {};
  const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
  const holder = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ecdsa, false, ["verify"]);
  if (!await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, holder, proof, signed)) {
    throw new Error("the agent does not hold the token's key");
  }
  return [claims.name, claims.sub, claims.unit, String(claims.max_level ?? "view")];
}

// The agent's signing key: the private part from the token, never to be read again.
export async function openKey(token, secret) {
  const claims = claimsOf(token);
  const { kty, crv, x, y } = claims.cnf.jwk;
  const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, d: secret }, ecdsa, false, ["sign"]);
  // Not every engine sees that the two halves do not belong together.
  const holder = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, ecdsa, false, ["verify"]);
  const probe = new Uint8Array(32);
  if (!await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, holder, await sign(key, probe), probe)) {
    throw new Error("the key is not the token's");
  }
  return key;
}

export async function sign(key, message) {
  return new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message));
}

// The portal that a token is for, unverified: the agent's own token.
export function audienceOf(token) {
  return [claimsOf(token).aud].flat()[0];
}

function claimsOf(token) {
  return JSON.parse(utf8.decode(bytes(token.split(".")[1])));
}

async function fetchKeys(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error("the keys must come from the portal itself");
  const answer = await fetch(url, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) throw new Error(`the portal's keys cannot be had: ${answer.status}`);
  return answer.json();
}

function algorithmOf({ kty, crv, alg }) {
  if (kty === "EC" && crv === "P-256") {
    return {
      jwt: "ES256",
      import: { name: "ECDSA", namedCurve: "P-256" },
      verify: { name: "ECDSA", hash: "SHA-256" },
    };
  }
  if (kty === "OKP" && crv === "Ed25519") {
    return { jwt: "EdDSA", import: { name: "Ed25519" }, verify: { name: "Ed25519" } };
  }
  if (kty === "RSA" && (alg ?? "RS256") === "RS256") {
    return {
      jwt: "RS256",
      import: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
      verify: { name: "RSASSA-PKCS1-v1_5" },
    };
  }
  return undefined;
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
