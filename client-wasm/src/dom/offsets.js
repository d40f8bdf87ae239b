// How far a replica is scrolled. Fonts and pictures come later than on the page, and may make it
// longer: what is out of reach until then is scrolled to then.

import { Map, Set, dom } from "./native.js";

const FIELDS = new Set(["select", "input"]);

export class Offsets {
  // None are told yet.
  start() {
    // What could not be reached.
    this.short = new Map();
    this.again ??= () => this.retry();
  }

  // A document, or a shadow root.
  root(root) {
    if (dom.nodeType(root) !== 9) return;
    dom.addEventListener(root, "load", this.again, { capture: true, passive: true });
    const fonts = dom.fonts(root);
    if (fonts) dom.addEventListener(fonts, "loadingdone", this.again);
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
    const isShort = element && [dom.scrollLeft(element) - left, dom.scrollTop(element) - top].some((by) => Math.abs(by) >= 1);
    if (isShort) this.short.set(node, value);
    else this.short.delete(node);
  }

  forget(node) {
    this.short.delete(node);
  }

  retry() {
    for (const [node, value] of [...this.short]) {
      const doc = dom.nodeType(node) === 9 ? node : dom.ownerDocument(node);
      // It may have been moved out of its frame, or its frame away from it.
      if (dom.isConnected(node) && dom.defaultView(doc)) this.set(node, value);
    }
  }
}
