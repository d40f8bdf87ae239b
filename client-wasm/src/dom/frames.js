// The frames of a replica: real ones, without an address, sealed as the stage is, each with the
// document that was told for it.

import { IS_WEBKIT, dom, styleOf } from "./native.js";

// What stands in a frame whose document is of another origin.
const ELSEWHERE = "Content of another site: not shared";

export class Frames {
  // Begins with none, in the document that the writer writes.
  start(writer) {
    this.writer = writer;
    // By the number of the document: its frame, and its layout mode.
    this.told = new Map();
    this.begun = 0;
    this.unseen = new Set();
  }

  // A frame that is in no page yet. WebKit shows none that would have the address of two around it, and
  // counts empty ones as such; an empty page with a query is asked of nobody, too.
  begin(node) {
    if (IS_WEBKIT) dom.setAttribute(node, "src", `about:blank?${++this.begun}`);
  }

  documents() {
    return Array.from(this.told.keys(), (id) => this.writer.nodes[id]);
  }

  // Another document for a frame. The nodes of the one before are kept: they may yet move out.
  open(id, host, mode) {
    for (const [other, { host: same }] of this.told) if (same === host) this.told.delete(other);
    // A frame that is in no page has none; what would be in it is built and not seen.
    const doc = host.contentDocument ?? dom.implementation(this.writer.document).createHTMLDocument("");
    this.writer.keep(id, doc);
    this.told.set(id, { host, mode });
    this.writer.blank(doc, mode);
    // For the engine it is the same document as the one before, where that has been put back.
    if (dom.defaultView(doc)) this.writer.offsets.set(doc, "0,0");
  }

  // WebKit lays a page out with a scrollbar first, and leaves it there if it is needed then; what is
  // built here bit by bit has lost it before.
  settle() {
    for (const doc of this.unseen) {
      const root = dom.documentElement(doc);
      if (!root) continue;
      const style = dom.getAttribute(root, "style");
      styleOf(root).overflowY = "scroll";
      dom.getBoundingClientRect(root);
      dom.setAttribute(root, "style", style ?? "");
      if (style === null) dom.removeAttribute(root, "style");
    }
    this.unseen.clear();
  }

  remove(id) {
    const told = this.told.get(id);
    this.told.delete(id);
    if (told) this.label(told.host);
  }

  forget(id) {
    this.told.delete(id);
  }

  // Empties a frame that has no document, and says why if it is of another origin.
  label(host) {
    const doc = host.contentDocument;
    if (!doc || this.documents().includes(doc)) return;
    this.writer.blank(doc, 0);
    if (dom.getAttribute(host, "data-saath-withheld") !== "foreign") return;
    const root = dom.appendChild(doc, dom.createElementNS(doc, "http://www.w3.org/1999/xhtml", "html"));
    root.style.cssText = "font: 12px/1.4 sans-serif; color: #475569; background: #f1f5f9; padding: 6px; overflow: hidden";
    root.append(ELSEWHERE);
  }

  // Moving a frame makes engines load it anew, empty: what was in it is put back. Answers with the
  // documents that are new.
  restore() {
    const { writer } = this;
    const fresh = new Set();
    // A frame that is put back brings those in it, which are empty by then.
    for (let again = true; again;) {
      again = false;
      for (const [id, { host, mode }] of this.told) {
        const was = writer.nodes[id], doc = host.contentDocument;
        if (!doc || doc === was) continue;
        again = true;
        fresh.add(doc);
        writer.blank(doc, mode);
        const root = dom.documentElement(was);
        if (root) dom.appendChild(doc, root);
        writer.replace(id, was, doc);
      }
    }
    return fresh;
  }
}
