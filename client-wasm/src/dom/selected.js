// Where the customer is on the page: what is selected, and which of the browser's own pickers is open.
// The text is that of `core/src/selection.rs`.

import { Map, Set, dom, focusedIn } from "./native.js";

const SELECTION = 14;
const PICKERS = new Set(["select", "date", "time", "datetime-local", "month", "week", "color", "file"]);
const CLOSES = new Set(["Escape", "Enter", "Tab"]);

export class Selected {
  constructor() {
    // By document what was told of it, and what stops listening to it.
    this.told = new Map();
    this.heard = new Map();
    this.picker = undefined;
  }

  // `id` tells the number of a node.
  start(signal, wake, id) {
    Object.assign(this, { wake, id });
    signal.addEventListener("abort", () => {
      for (const doc of this.heard.keys()) this.forget(doc);
    });
  }

  reset() {
    this.told.clear();
  }

  forget(node) {
    this.told.delete(node);
    this.heard.get(node)?.abort();
    this.heard.delete(node);
    if (node === this.picker) this.picker = undefined;
  }

  changed(mark) {
    for (const [doc, was] of this.told) if (this.text(doc) !== was) mark(doc);
  }

  root(doc, out) {
    if (!this.heard.has(doc)) this.listen(doc);
    const text = this.text(doc);
    this.told.set(doc, text);
    if (text) out.set(SELECTION, text);
  }

  listen(doc) {
    const abort = new AbortController();
    this.heard.set(doc, abort);
    const { signal } = abort;
    const on = (type, heard) => dom.addEventListener(doc, type, (event) => {
      heard(event.composedPath()[0], event);
      this.wake();
    }, { capture: true, passive: true, signal });
    for (const type of ["selectionchange", "keyup"]) on(type, () => {});
    // Engines that do not say which picker is open are not asked; of a file chooser none says.
    on("pointerdown", (node) => { this.picker = kindOf(node) === "select" ? node : undefined; });
    on("click", (node, event) => {
      if (kindOf(node) === "select" || !PICKERS.has(kindOf(node)) || !opens(doc, event)) return;
      this.picker = node;
      // The page's own handlers come after this one.
      setTimeout(() => {
        if (!event.defaultPrevented || this.picker !== node) return;
        this.picker = undefined;
        this.wake();
      });
    });
    on("keydown", (node, { key }) => { if (CLOSES.has(key)) this.picker = undefined; });
    for (const type of ["change", "cancel", "focusout"]) on(type, (node) => { if (node === this.picker) this.picker = undefined; });
    // Back from a file chooser.
    const view = dom.defaultView(doc);
    if (!view) return;
    dom.addEventListener(view, "focus", () => {
      this.picker = undefined;
      this.wake();
    }, { signal });
  }

  text(doc) {
    const open = this.id(this.open(doc));
    return [this.range(doc), open ? `picker ${open}` : ""].filter(Boolean).join("\n");
  }

  open(doc) {
    const { picker } = this;
    const isHere = picker && dom.isConnected(picker) && dom.ownerDocument(picker) === doc;
    // A file's field may be without the focus: a label or a button of the page's opens it.
    if (isHere && (!SAYS_OPEN || kindOf(picker) === "file")) return picker;
    const node = SAYS_OPEN && focusedIn(doc);
    return node && PICKERS.has(kindOf(node)) && dom.matches(node, ":open") ? node : undefined;
  }

  range(doc) {
    const selection = dom.getSelection(doc);
    if (!selection?.rangeCount || selection.isCollapsed) return "";
    const range = selection.getRangeAt(0);
    const ends = [this.end(range.startContainer, range.startOffset), this.end(range.endContainer, range.endOffset)];
    return ends.every(Boolean) ? `range ${ends.flat().join(" ")}` : "";
  }

  // One end: in a text, before a node (0), or at the end of what is in one (1); and what it stands in.
  end(node, offset) {
    const isText = dom.nodeType(node) === 3;
    let next = isText ? node : dom.childNodes(node)[offset];
    // Comments have no number.
    while (next && !this.id(next)) next = dom.nextSibling(next);
    const within = this.id(isText ? dom.parentNode(node) : node);
    const end = next ? [this.id(next), isText ? offset : 0] : [within, 1];
    return within ? [...end, within] : undefined;
  }
}

function kindOf(node) {
  const tag = node && dom.nodeType(node) === 1 ? dom.localName(node) : "";
  if (tag === "select") return node.multiple || node.size > 1 ? "" : "select";
  return tag === "input" ? node.type : "";
}

// A click by a script opens nothing, unless the customer has just pressed something. (On a label, it
// clicks what is labelled as if it were the customer's.)
const opens = (doc, event) => dom.defaultView(doc)?.navigator.userActivation?.isActive ?? event.isTrusted;

const SAYS_OPEN = (() => {
  try {
    return CSS.supports("selector(select:open)");
  } catch {
    return false;
  }
})();
