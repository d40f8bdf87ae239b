// What of the page is in sight and may be somebody's: fields, and texts that are no captions. For the
// customer, who looks at what the agent sees of it.

import { Set, dom } from "./native.js";

const FIELDS = new Set(["input", "textarea", "select", "output", "meter", "progress"]);
const BUTTONS = new Set(["button", "submit", "reset", "image", "hidden"]);
// What is in them is what the page calls things, or is not seen.
const CAPTIONS = new Set(["label", "legend", "button", "a", "h1", "h2", "h3", "h4", "h5", "h6", "th", "dt", "caption",
  "summary", "nav", "option", "script", "style", "noscript", "template", "svg", "math", "saath-ui", "saath-help"]);
// Of more at a time nobody chooses.
const MOST = 60;
const LONGEST = 60;

export class Sights {
  // `{ node, name, x, y, width, height }` of each, by where it is in the document, in pixels of the
  // window around all frames.
  list(reader) {
    this.reader = reader;
    this.found = [];
    const { doc } = reader;
    this.visit(dom.documentElement(doc), { x: 0, y: 0, win: dom.defaultView(doc) });
    return this.found;
  }

  visit(node, view) {
    if (!node || this.found.length >= MOST) return;
    const tag = dom.localName(node);
    if (CAPTIONS.has(tag) || dom.getAttribute(node, "aria-hidden") === "true") return;
    const { left, top, width, height } = dom.getBoundingClientRect(node);
    const { win } = view;
    const isBox = width > 0 && height > 0;
    // What is in an element without a box, or out of sight, is taken to be so as well.
    if (!isBox && win.getComputedStyle(node).display !== "contents") return;
    const isSeen = left < win.innerWidth && top < win.innerHeight && left + width > 0 && top + height > 0;
    if (isBox && !isSeen && tag !== "body" && tag !== "html") return;
    const at = { node, x: view.x + left, y: view.y + top, width, height };
    if (isField(node, tag)) {
      this.found.push({ ...at, name: nameOf(node) });
      return;
    }
    const text = ownText(node);
    if (text && isBox) this.found.push({ ...at, name: short(text) });
    if (tag === "iframe") {
      const inside = this.reader.documents.frames.get(node)?.doc;
      if (!inside) return;
      const inner = { x: at.x + node.clientLeft, y: at.y + node.clientTop, win: dom.defaultView(inside) };
      this.visit(dom.documentElement(inside), inner);
      return;
    }
    const root = this.reader.shadows.of(node);
    if (root) this.children(root, view);
    this.children(node, view);
  }

  children(parent, view) {
    for (let at = dom.firstChild(parent); at; at = dom.nextSibling(at)) if (dom.nodeType(at) === 1) this.visit(at, view);
  }
}

function isField(node, tag) {
  if (FIELDS.has(tag)) return !BUTTONS.has(node.type);
  return node.isContentEditable || dom.getAttribute(node, "role") === "textbox";
}

// As its label has it; the page's own name for it, if it has none.
function nameOf(node) {
  const [label] = node.labels ?? [];
  const names = [label && dom.textContent(label), ...["aria-label", "title", "placeholder", "name", "id"].map((name) => dom.getAttribute(node, name))];
  return short(names.find((name) => name?.trim()) ?? dom.localName(node));
}

function ownText(node) {
  let text = "";
  for (let at = dom.firstChild(node); at; at = dom.nextSibling(at)) if (dom.nodeType(at) === 3) text += dom.data(at);
  // Of signs alone nobody is told anything.
  return /[\p{L}\p{N}]/u.test(text) ? text.trim() : "";
}

function short(text) {
  const plain = text.trim().replace(/\s+/g, " ");
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
