// What the customer has selected, and which picker is open, in a replica.

const PICKER = "data-saath-picker";

export class Selector {
  constructor() {
    this.marked = new WeakMap();
  }

  // `text` is that of `core/src/selection.rs`, `node` finds a node by its number.
  show(doc, text, node) {
    for (const element of this.marked.get(doc) ?? []) element.removeAttribute(PICKER);
    this.marked.delete(doc);
    // It is that of the frame, and takes neither the focus nor the selection around it.
    const selection = doc.getSelection();
    selection?.removeAllRanges();
    for (const line of text.split("\n")) {
      const [kind, ...words] = line.split(" ");
      const numbers = words.map(Number);
      if (kind === "picker") {
        const element = node(numbers[0]);
        if (element?.nodeType !== 1) continue;
        element.setAttribute(PICKER, "");
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
  if (!node?.isConnected) return [];
  // What is masked on the way can be shorter here.
  if (node.nodeType === 3) return [node, Math.min(offset, node.length)];
  if (offset) return [node, node.childNodes.length];
  return node.parentNode ? [node.parentNode, Array.prototype.indexOf.call(node.parentNode.childNodes, node)] : [];
}
