// How far a replica is scrolled. Fonts and pictures come later than on the page, and make it longer or
// shorter: what is out of reach until then, or for a while, is scrolled to when it is not.

import { Map, Set, dom } from "./native.js";

const FIELDS = new Set(["select", "input"]);

export class Offsets {
  // None are told yet.
  start() {
    // By node; none for what is not scrolled.
    this.told = new Map();
    this.again ??= () => this.retry();
  }

  // A document, or a shadow root.
  root(root) {
    if (dom.nodeType(root) === 9) dom.addEventListener(root, "load", this.again, { capture: true, passive: true });
  }

  set(node, value) {
    const [left, top] = value.split(",").map(Number);
    const to = { left, top, behavior: "instant" };
    const isDocument = dom.nodeType(node) === 9;
    if (isDocument) dom.defaultView(node).scrollTo(to);
    else dom.scrollTo(node, to);
    // Not every engine scrolls lists and fields so.
    if (!isDocument && FIELDS.has(dom.localName(node))) Object.assign(node, { scrollLeft: left, scrollTop: top });
    const element = isDocument ? dom.scrollingElement(node) : node;
    if (left || top) this.told.set(node, value);
    else this.told.delete(node);
    const isShort = element && [dom.scrollLeft(element) - left, dom.scrollTop(element) - top].some((by) => Math.abs(by) >= 1);
    if (!isShort) return;
    // WebKit does not say of a document that its fonts have come, but of each of them.
    for (const font of dom.fonts(documentOf(node)) ?? []) if (font.status === "loading") font.loaded.then(this.again, this.again);
  }

  forget(node) {
    this.told.delete(node);
  }

  retry() {
    for (const [node, value] of [...this.told]) {
      // It may have been moved out of its frame, or its frame away from it.
      if (dom.isConnected(node) && dom.defaultView(documentOf(node))) this.set(node, value);
    }
  }
}

const documentOf = (node) => (dom.nodeType(node) === 9 ? node : dom.ownerDocument(node));
