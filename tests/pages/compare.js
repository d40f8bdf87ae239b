// What a person sees of a page, in lines, and where a replica's lines differ. Written against the
// promise and not against the code: what is not named here as left out must be there and be equal.

import {
  attribute, attributesOf, boxOf, boxesOf, childNodes, classOf, dataOf, documentOf, field, idOf, left, localName, matches, modeOf, namespaceOf, nodeType,
  scrollerOf, shadowRoot, top, viewOf,
} from "./native.js";
import { documentIn, isNever } from "./veil.js";

/** Never in a replica; an empty element keeps the place. */
const GAPS = new Set(["script", "noscript", "template", "link", "meta", "base", "source", "track", "param"]);
/** Without their picture: a box of the same size. */
const BOXES = new Set(["iframe", "frameset", "frame", "object", "embed", "applet", "video", "audio", "canvas"]);
const FRAMES = new Set(["iframe", "frame"]);
/** What loads, runs or leads away, and what the live state replaces. */
const DROPPED = new Set(["src", "srcset", "action", "formaction", "data", "poster", "ping", "background",
  "srcdoc", "sandbox", "allow", "loading", "referrerpolicy", "nonce", "integrity", "crossorigin", "http-equiv", "charset", "checked", "selected", "xmlns", "xmlns:xlink"]);
const STYLES = ["color", "backgroundColor", "backgroundImage", "fontFamily", "fontSize", "fontWeight", "fontStyle", "lineHeight",
  "textAlign", "display", "visibility", "opacity", "textDecorationLine", "borderTopColor", "borderTopWidth",
  "borderTopStyle", "outlineStyle", "outlineWidth", "outlineOffset", "boxShadow", "position", "transform", "whiteSpace", "listStyleType", "fill", "stroke"];
/** What stands for them in a replica. */
const OWN_KINDS = { "saath-gap": "gap", "saath-box": "box" };
for (const tag of BOXES) OWN_KINDS[`saath-${tag}`] = "box";
const PREFIXES = { "http://www.w3.org/1999/xhtml": "", "http://www.w3.org/2000/svg": "svg:",
  "http://www.w3.org/1998/Math/MathML": "math:" };
/** The replica's own, which a page cannot set. */
const OURS = new Set(["data-saath-withheld", "data-saath-state", "data-saath-picker", "data-saath-look"]);
/** What is told of an element that no policy shows: its names, and what lays it out. */
const TOLD = new Set(["class", "id", "name", "type", "style", "for", "form", "headers", "itemprop", "part", "slot",
  "popovertarget", "command", "commandfor", "aria-controls", "aria-describedby", "aria-details",
  "aria-errormessage", "aria-flowto", "aria-labelledby", "aria-owns",
  "align", "autocomplete", "cols", "colspan", "contenteditable", "dir", "disabled", "height", "hidden", "multiple", "nowrap",
  "open", "popover", "readonly", "required", "role", "rows", "rowspan", "size", "span", "tabindex", "valign", "width", "wrap"]);
/** Of these only that they are there, as selectors may ask; in blocks what would be read. */
const READ = new Set(["label", "placeholder"]);
/** Names by which a build tells whose style an element takes. */
const BUILT = /^(data-v-[0-9a-f]{6,8}$|_ng(content|host)-)/i;
const ADDRESS = /url\((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^)]*)\)/g;
/** In place of what is never told. */
const SECRET = "████████";
const MOST = 12;

/** The first differences, each as one sentence. */
export function differences(page, replica, styles) {
  if (!replica?.documentElement) return ["the replica is empty"];
  const expected = linesOf(page, false, styles);
  const found = linesOf(replica, true, styles);
  const out = [];
  const length = Math.max(expected.length, found.length);
  for (let i = 0; i < length && out.length < MOST; i++) {
    if (expected[i] === found[i]) continue;
    const [own, other] = apart(expected[i], found[i]);
    out.push(`line ${i}: ${where(expected, i)}the page has ${own}, the replica ${other}`);
    // After a line too many or too few everything differs.
    if (expected.length !== found.length) break;
  }
  return out;
}

/** Of two lines that say how something looks, only what differs. */
function apart(expected = "nothing", found = "nothing") {
  const [own, other] = [expected, found].map((line) => line.split("; "));
  if (own.length !== STYLES.length + 1 || other.length !== own.length) return [expected.trim(), found.trim()];
  return [own, other].map((parts) => parts.filter((_, i) => own[i] !== other[i]).join("; "));
}

/** What a line is about: looks stand below what they are of. */
function where(lines, i) {
  return /^ *: /.test(lines[i] ?? "") ? `${lines[i - 1].trim()}: ` : "";
}

/** The tree in lines; `portable` ones say nothing that each engine measures for itself. */
export function linesOf(doc, isReplica, styles, portable) {
  const win = viewOf(doc);
  const lines = [`mode ${modeOf(doc)}`, `scroll ${Math.round(win.scrollX)},${Math.round(win.scrollY)}`];
  const closed = win[Symbol.for("saath.roots")];
  const size = (node) => (portable ? "" : ` ${sizeOf(node)}`);
  const walk = (node, depth) => {
    const indent = " ".repeat(depth);
    if (nodeType(node) === 3 || nodeType(node) === 4) {
      // Text of nothing is nothing, and neighbours are one text.
      const last = lines.length - 1;
      if (lines[last].startsWith(`${indent}"`)) lines[last] = lines[last].slice(0, -1) + JSON.stringify(dataOf(node)).slice(1);
      else if (dataOf(node)) lines.push(indent + JSON.stringify(dataOf(node)));
      return;
    }
    if (nodeType(node) !== 1) return;
    const tag = localName(node);
    if (tag.startsWith("saath-") && !isReplica) return;
    // A name of no standard is not told, and a style for it has no effect.
    if (isOther(node)) {
      lines.push(`${indent}<other${plainAttributes(node)}>`);
      for (const child of childNodes(node)) walk(child, depth + 1);
      return;
    }
    // A replica says in a frame of its own that the page's is of another origin.
    const inner = FRAMES.has(tag) && withheld(node) !== "foreign" && documentIn(node);
    const kind = inner ? "frame" : GAPS.has(tag) ? "gap" : BOXES.has(tag) ? "box" : OWN_KINDS[tag];
    if (kind === "gap") {
      lines.push(`${indent}<gap>`);
      return;
    }
    lines.push(indent + (kind === "box" ? `<box>${size(node)}` : head(node, isReplica, portable, size)));
    if (kind === "box") return;
    if (kind === "frame") {
      if (styles) lines.push(`${indent}: ${looks(win, node)}`);
      lines.push(...linesOf(inner, isReplica, styles, portable).map((line) => `${indent} ${line}`));
      return;
    }
    if (styles) lines.push(`${indent}: ${looks(win, node)}`);
    if (tag === "style" || tag === "textarea") return;
    const shadow = shadowRoot(node) ?? closed?.get(node) ?? node.closedForTest;
    if (shadow) {
      lines.push(`${indent} #shadow`);
      for (const child of childNodes(shadow)) walk(child, depth + 2);
      lines.push(`${indent} #light`);
    }
    for (const child of childNodes(node)) walk(child, depth + 1);
  };
  for (const child of childNodes(doc)) walk(child, 0);
  return lines;
}

function isOther(node) {
  return localName(node) === "saath-other" || !(namespaceOf(node) in PREFIXES) ||
    Object.prototype.toString.call(node) === "[object HTMLUnknownElement]";
}

function plainAttributes(node) {
  const name = classOf(node), id = idOf(node);
  return (name ? ` class=${name}` : "") + (id ? ` id=${id}` : "");
}

function head(node, isReplica, portable, size) {
  const tag = localName(node);
  const parts = [PREFIXES[namespaceOf(node)] + tag];
  const never = !isReplica && isNever(node);
  const bare = isNever(node) || attribute(node, "data-saath-withheld") !== null;
  const attributes = [];
  for (let { name, value } of attributesOf(node)) {
    // What a page has made up has a name of ours there, which begins so.
    if (isReplica) name = name.replace(/^saath-/, "");
    if (bare) {
      value = told(name, value, isReplica);
      if (value === null) continue;
    }
    if (name.startsWith("on") || DROPPED.has(name) || OURS.has(name)) continue;
    // It says which sheets are in force: those are there or not.
    if (tag === "style" && (name === "media" || name === "title")) continue;
    // A part has its states as more names.
    if (isReplica && /parts?$/.test(name)) value = value.replace(/,? ?saath-[a-z-]+/g, "");
    // Names by which a parser says that something is wrong, and names in namespaces of nobody.
    if (/["'<=]/.test(name) || /^(?!xlink:|xml:)[a-z][\w.]*:/i.test(name)) continue;
    if (!PREFIXES[namespaceOf(node)] && name !== name.toLowerCase()) continue;
    if (name === "value" && !["li", "meter", "progress"].includes(tag)) continue;
    // By its name a link could be opened in a frame.
    if (tag === "iframe" && name === "name") continue;
    // The size of some pictures is told by their style there; here it is measured.
    if ((tag === "img" || (tag === "input" && node.type === "image")) && name === "style") continue;
    if (/^(xlink:)?href$/.test(name) && namespaceOf(node).endsWith("svg") && tag !== "a") {
      // What comes from elsewhere is seen in the picture; of a drawing it is told what is used.
      const used = `href=${value.slice(value.indexOf("#"))}`;
      if (tag !== "use" && value.startsWith("#")) attributes.push(`${name}=${value}`);
      if (tag === "use" && value.includes("#") && !attributes.includes(used)) attributes.push(used);
    } else if (name === "href") attributes.push("href=#");
    // Style declarations: as the engine understands them, each in words of its own.
    else if (name === "style" && portable) attributes.push("style");
    else if (name === "style") attributes.push(`style=${settled(node.style?.cssText ?? value)}`);
    else attributes.push(`${name}=${value}`);
  }
  parts.push(...attributes.sort());
  if (tag === "img") parts.push(`size${size(node)}`);
  if (tag === "input") {
    const type = field.type(node);
    if (type === "checkbox" || type === "radio") parts.push(`checked ${field.checked(node)}`, `indeterminate ${field.indeterminate(node)}`);
    else if (never && type !== "file") parts.push(`value ${SECRET}`);
    else if (!["file", "image"].includes(type)) parts.push(`value ${field.value(node)}`);
  }
  if (tag === "textarea" || tag === "output" || tag === "meter" || tag === "progress") parts.push(`value ${never ? SECRET : node.value}`);
  if (tag === "select") parts.push(`chosen ${Array.from(node.selectedOptions, (option) => option.index)}`);
  if (tag === "details") parts.push(`open ${node.open}`);
  if (matches(node, ":fullscreen")) parts.push("fullscreen");
  if (tag === "dialog") parts.push(`modal ${matches(node, ":modal")}`);
  if (attribute(node, "popover") !== null) parts.push(`popover ${matches(node, ":popover-open")}`);
  if (top(node) || left(node)) {
    const root = node === scrollerOf(documentOf(node));
    if (!root) parts.push(`scrolled ${Math.round(left(node))},${Math.round(top(node))}`);
  }
  parts.push(...moves(node));
  return `<${parts.join(" ")}>`;
}

/** What a replica may have of an attribute that no policy shows. What it has beyond that stays as it
 *  is, and is found. */
function told(name, value, isReplica) {
  if (TOLD.has(name)) return value;
  if (isReplica) return READ.has(name) && /^[█ ]*$/.test(value) ? value && SECRET : value;
  if (READ.has(name)) return value.trim() && SECRET;
  return BUILT.test(name) ? "" : null;
}

/** What moves on it. Where a running one is depends on when it is asked. */
function moves(node) {
  const animations = node.getAnimations?.({ subtree: true }) ?? [];
  return animations.filter(({ effect }) => effect.target === node).map((animation) => {
    const { playState, playbackRate, currentTime, animationName, effect } = animation;
    const at = playState === "running" || typeof currentTime !== "number" ? "" : ` at ${Math.round(currentTime)}`;
    const state = playState === "finished" ? "paused" : playState;
    return `moving ${animationName ?? ""}${effect.pseudoElement ?? ""} ${state} ×${playbackRate}${at}`;
  });
}

/** Of two colour schemes the one in use is told, and of addresses that there is one: the picture
 *  says what it is of. What a page has made up has a name of ours. */
function settled(style) {
  const used = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return style.replace(/(color-scheme: )(light dark|dark light)/, `$1${used}`).replace(ADDRESS, "url()")
    .replace(/\battr\(saath-/g, "attr(");
}

function sizeOf(node) {
  const { width, height } = boxOf(node);
  return `${Math.round(width)}x${Math.round(height)}`;
}

const withheld = (node) => attribute(node, "data-saath-withheld");

/** Where it is and how it looks, as the engine has computed it; WebKit computes otherwise what is not
 *  to be seen at all. */
function looks(win, node) {
  if (!boxesOf(node).length) return "not laid out";
  const { x, y, width, height } = boxOf(node);
  const style = win.getComputedStyle(node);
  // A picture that is not sent and a value that is not told have stripes.
  const striped = localName(node) === "img" || isNever(node) || withheld(node) && withheld(node) !== "foreign";
  const left = (name) => striped && name === "backgroundImage";
  const values = STYLES.map((name) => `${name} ${left(name) ? "" : style[name].replace(ADDRESS, "url()")}`);
  return [`at ${[x, y, width, height].map(Math.round)}`, ...values].join("; ");
}
