// Where the customer is on the page: what is selected, and which of the browser's own pickers is open.
// The text is that of `core/src/selection.rs`.

const SELECTION = 14;
const PICKERS = new Set(["select", "date", "time", "datetime-local", "month", "week", "color", "file"]);
// To find the text that a boundary between elements stands at.
const STEPS = 1000;
const TEXT = 4;

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
    const start = this.end(range.startContainer, range.startOffset, true);
    const end = this.end(range.endContainer, range.endOffset, false);
    if (!start || !end) return "";
    return `text ${[...start, ...end].join(" ")}`;
  }

  // The text at one end, the offset in it, and the element that it stands in.
  end(node, offset, isStart) {
    if (node.nodeType !== 3) {
      const walker = this.doc.createTreeWalker(this.doc, TEXT);
      const next = node.childNodes[offset];
      walker.currentNode = next ?? (isStart ? lastOf(node) : node);
      if (!next && !isStart) walker.currentNode = lastOf(node);
      const isIt = isStart ? next?.nodeType === 3 : !next && walker.currentNode.nodeType === 3;
      let found = isIt ? walker.currentNode : isStart ? walker.nextNode() : walker.previousNode();
      for (let i = 0; found && !this.id(found) && i < STEPS; i++) found = isStart ? walker.nextNode() : walker.previousNode();
      if (!found) return undefined;
      node = found;
      offset = isStart ? 0 : node.length;
    }
    const within = node.parentElement;
    const ids = [this.id(node), this.id(within)];
    return ids.every(Boolean) ? [ids[0], offset, ids[1]] : undefined;
  }
}

function lastOf(node) {
  while (node.lastChild) node = node.lastChild;
  return node;
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
