// What the customer has selected, and which picker is open, in a replica.

import { dom } from "./native.js";

const PICKER = "data-saath-picker";

export class Selector {
  constructor() {
    this.marked = new WeakMap();
  }

  // `text` is that of `core/src/selection.rs`, `node` finds a node by its number.
  show(doc, text, node) {
    for (const element of this.marked.get(doc) ?? []) dom.removeAttribute(element, PICKER);
    this.marked.delete(doc);
    // It is that of the frame, and takes neither the focus nor the selection around it.
    const selection = dom.getSelection(doc);
    selection?.removeAllRanges();
    for (const line of text.split("\n")) {
      const [kind, ...words] = line.split(" ");
      const numbers = words.map(Number);
      if (kind === "picker") {
        const element = node(numbers[0]);
        if (!element || dom.nodeType(element) !== 1) continue;
        dom.setAttribute(element, PICKER, "");
        this.marked.set(doc, [element]);
      } else if (kind === "range") {
        const [from, start, , to, end] = numbers;
        const ends = [...place(node(from), start), ...place(node(to), end)];
        if (ends.length === 4) selection?.setBaseAndExtent(...ends);
      }
    }
  }
}

// Container and offset, or nothing.
function place(node, offset) {
  if (!node || !dom.isConnected(node)) return [];
  // What is masked on the way can be shorter here.
  if (dom.nodeType(node) === 3) return [node, Math.min(offset, node.length)];
  if (offset) return [node, dom.childNodes(node).length];
  const parent = dom.parentNode(node);
  return parent ? [parent, Array.from(dom.childNodes(parent)).indexOf(node)] : [];
}
