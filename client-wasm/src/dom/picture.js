// The picture of an element of a replica, in the way its kind takes one.

import { dom } from "./native.js";

// For an image whose picture is not told: its size is forced on it.
const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
// An address that gives no picture, and is not fetched.
const BROKEN = "data:,";

export class Placer {
  // `value` is a checked picture or null; `sized` says that a size is forced on the element.
  show(node, value, sized, assets) {
    show(node, value, sized, assets);
  }
}

function show(node, value, sized, assets) {
  const [, digits, width, height, label] = value?.match(/^(\d+) (\d+),(\d+)(?: (.*))?$/) ?? [];
  const number = Number(digits ?? 0);
  if (number) assets.use(node, number);
  const asset = number ? assets.get(number) : undefined;
  const tag = dom.localName(node);
  switch (tag) {
    case "img":
      image(node, value, sized, asset, number, Number(width ?? 0), Number(height ?? 0));
      return;
    case "input":
      attribute(node, "src", number ? asset?.url ?? placeholder(1, 1, asset === null) : null);
      return;
    case "image":
    case "feImage":
      // Its own reference into the page is an attribute, and stays.
      if (number) attribute(node, "href", asset?.url ?? BROKEN);
      return;
    case "use":
      // What is meant of the drawing stands behind the hash. Only a drawing that asks for nothing may
      // be a part of the document: an image cannot fetch, its parts here could.
      if (number) attribute(node, "href", (asset?.parts ? asset.url : BROKEN) + (dom.getAttribute(node, "href") ?? dom.getAttribute(node, "xlink:href") ?? "").replace(/^[^#]*/, ""));
      return;
    case "body":
    case "table":
    case "td":
    case "th":
      attribute(node, "background", number ? asset?.url ?? null : null);
      return;
  }
  if (!tag.startsWith("saath-")) return;
  attribute(node, "data-saath-label", label ?? null);
  if (label?.endsWith("controls") || node.shadowRoot) return player(node, label, asset);
  node.toggleAttribute("data-saath-picture", Boolean(asset));
  if (asset) node.style.setProperty("content", `url("${asset.url}")`, "important");
  else node.style.removeProperty("content");
}

// What has the browser's own buttons has them in the replica: an element without a source, which
// nothing can play.
function player(node, label, asset) {
  let media = node.shadowRoot?.firstChild;
  if (!media) {
    media = node.ownerDocument.createElement(label.startsWith("audio") ? "audio" : "video");
    media.style.cssText = "width: 100%; height: 100%; object-fit: inherit; object-position: inherit; display: block";
    node.attachShadow({ mode: "open" }).append(media);
  }
  media.controls = Boolean(label?.endsWith("controls"));
  node.toggleAttribute("data-saath-picture", true);
  attribute(media, "poster", asset?.url ?? null);
}

function image(node, value, sized, asset, number, width, height) {
  let src = null, srcset = null;
  if (number && asset && width && height && density(asset, width, height) !== 1) {
    srcset = `${asset.url} ${density(asset, width, height)}x`;
  } else if (number && asset) {
    src = asset.url;
  } else if (number && width && height) {
    src = placeholder(width, height, asset === null);
  } else if (sized) {
    src = PIXEL;
  } else if (value === "broken") {
    src = BROKEN;
  }
  attribute(node, "srcset", srcset);
  attribute(node, "src", src);
  // Only of an image that had a source once, or is given words while it has none, is there text instead.
  if (value === "none" && !sized && (!node.complete || dom.getAttribute(node, "alt"))) {
    node.src = BROKEN;
    node.removeAttribute("src");
  }
}

// Setting the same address would load it again.
function attribute(node, name, value) {
  if (node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

// A picture as wide and high as it says, with nothing in it, or with stripes for what cannot be had.
function placeholder(width, height, missing) {
  const stripes = missing ? `<defs><pattern id="s" width="11.3" height="11.3" patternUnits="userSpaceOnUse"
    patternTransform="rotate(45)"><path fill="#8a94a6" fill-opacity=".2" d="M0 0h5.65v11.3H0z"/></pattern></defs>
    <rect width="100%" height="100%" fill="url(#s)"/><text x="4" y="14" font-family="sans-serif" font-size="11"
    fill="#5b6575">picture</text>` : "";
  return "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${stripes}</svg>`);
}

// By how much a picture of pixels is denser than its natural size: simple where it can be.
function density(asset, width, height) {
  if (!asset.width) return 1;
  const fits = (ratio) => Math.abs(asset.width / ratio - width) < 1 && Math.abs(asset.height / ratio - height) < 1;
  // A drawing without a size of its own has another one in each engine.
  return [1, 2, 3, 1.5, 4, 0.5].find(fits) ?? (asset.type.startsWith("image/svg+xml") ? 1 : asset.width / width);
}
