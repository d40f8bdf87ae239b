// What of a page nobody need show: what no policy shows, and what is promised as a labelled box only.
// Both are painted over on page and replica, by rule and not by page.

import { allOf, attribute, boxOf, field, localName, matches, shadowRoot, viewOf } from "./native.js";

/** How far rings of focus reach, on the pages there are. */
const RING = 8;

/** Frames of the same origin have documents that can be looked at. */
export function documentIn(frame) {
  try {
    return frame.contentDocument?.documentElement ? frame.contentDocument : null;
  } catch {
    return null;
  }
}

/** Where the page has such things: `[x, y, width, height]` each. */
export function veiled(doc) {
  const closed = viewOf(doc)[Symbol.for("saath.roots")];
  const found = [];
  const look = (root) => {
    for (const node of allOf(root, "*")) {
      const { x, y, width, height } = boxOf(node);
      // That it has the focus, or a chooser is open, is not told either, or said in other words: the
      // ring around it.
      const ring = isNever(node) && matches(node, ":focus") ? RING : 0;
      if (isNever(node) || isBox(node)) found.push([x - ring, y - ring, width + 2 * ring, height + 2 * ring]);
      const shadow = shadowRoot(node) ?? closed?.get(node);
      if (shadow) look(shadow);
      const inner = /^i?frame$/.test(localName(node)) && documentIn(node);
      if (inner) found.push(...veiled(inner).map(([a, b, c, d]) => [a + x + node.clientLeft, b + y + node.clientTop, c, d]));
    }
  };
  look(doc);
  return found;
}

/** Of another origin, and part of the page all the same. */
function isGuest(frame) {
  return Boolean(viewOf(frame.ownerDocument).guests?.includes(new URL(frame.src, "about:blank").origin));
}

/** No policy shows these: see SECURITY.md. */
export function isNever(node) {
  if (node.everSecret) return true;
  const words = (attribute(node, "autocomplete") ?? "").split(" ");
  return localName(node) === "input" && ["password", "hidden", "file"].includes(field.type(node)) ||
    words.some((word) => ["one-time-code", "cc-csc", "current-password", "new-password"].includes(word)) ||
    /otp|cvv|passw/i.test(`${attribute(node, "name")} ${attribute(node, "id")}`);
}

/** What cannot be read, or has a program of its own for a picture. */
function isBox(node) {
  switch (localName(node)) {
    case "object":
    case "embed":
    case "applet":
      return true;
    case "iframe":
    case "frame":
      return !documentIn(node) && !isGuest(node);
    case "canvas":
    case "img":
      return isTainted(node);
    default:
      return false;
  }
}

function isTainted(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  try {
    context.drawImage(picture, 0, 0, 1, 1);
  } catch {
    // Broken, or without pixels.
    return false;
  }
  try {
    context.getImageData(0, 0, 1, 1);
    return false;
  } catch {
    return true;
  }
}
