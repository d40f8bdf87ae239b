// Where the customer is on the page: what is selected, and which of the browser's own pickers is open.
// The text is that of `core/src/selection.rs`.

const SELECTION = 14;
const PICKERS = new Set(["select", "date", "time", "datetime-local", "month", "week", "color", "file"]);

export class Selected {
  // `id` tells the number of a node.
  start(doc, signal, wake, id) {
    Object.assign(this, { doc, id });
    this.told = "";
    this.picker = undefined;
    const options = { capture: true, passive: true, signal };
    const on = (type, heard) => doc.addEventListener(type, (event) => {
      heard(event.composedPath()[0], event);
      wake();
    }, options);
    on("selectionchange", () => {});
    // Engines that do not say which picker is open are not asked; of a file chooser none says.
    on("pointerdown", (node) => { this.picker = kindOf(node) === "select" ? node : undefined; });
    on("click", (node) => { if (PICKERS.has(kindOf(node)) && kindOf(node) !== "select") this.picker = node; });
    on("keydown", (node, { key }) => { if (key === "Escape" || key === "Enter" || key === "Tab") this.picker = undefined; });
    on("keyup", () => {});
    for (const type of ["change", "cancel", "focusout"]) on(type, (node) => { if (node === this.picker) this.picker = undefined; });
    // Back from a file chooser.
    doc.defaultView.addEventListener("focus", () => {
      this.picker = undefined;
      wake();
    }, { signal });
  }

  changed(mark) {
    if (this.text() !== this.told) mark(this.doc);
  }

  root(root, out) {
    if (root !== this.doc) return;
    this.told = this.text();
    if (this.told) out.set(SELECTION, this.told);
  }

  text() {
    const open = this.open();
    return [this.range(), open && this.id(open) ? `picker ${this.id(open)}` : ""].filter(Boolean).join("\n");
  }

  open() {
    let node = this.doc.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    const kind = kindOf(node);
    if (SAYS_OPEN && kind !== "file") return PICKERS.has(kind) && node.matches(":open") ? node : undefined;
    return this.picker?.isConnected ? this.picker : undefined;
  }

  range() {
    const selection = this.doc.getSelection();
    if (!selection?.rangeCount || selection.isCollapsed) return "";
    const range = selection.getRangeAt(0);
    const ends = [this.end(range.startContainer, range.startOffset), this.end(range.endContainer, range.endOffset)];
    return ends.every(Boolean) ? `range ${ends.flat().join(" ")}` : "";
  }

  // One end: in a text, before a node (0), or at the end of what is in one (1); and what it stands in.
  end(node, offset) {
    const isText = node.nodeType === 3;
    let next = isText ? node : node.childNodes[offset];
    // Comments have no number.
    while (next && !this.id(next)) next = next.nextSibling;
    const within = this.id(isText ? node.parentNode : node);
    const end = next ? [this.id(next), isText ? offset : 0] : [within, 1];
    return within ? [...end, within] : undefined;
  }
}

function kindOf(node) {
  if (node?.localName === "select") return node.multiple || node.size > 1 ? "" : "select";
  return node?.localName === "input" ? node.type : "";
}

const SAYS_OPEN = (() => {
  try {
    return CSS.supports("selector(select:open)");
  } catch {
    return false;
  }
})();
