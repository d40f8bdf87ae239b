// What the customer has selected, and which picker is open, in a replica. Neither is the replica's own
// selection or focus: those would take the agent's.

const NAME = "saath-selection";
const PICKER = "data-saath-picker";

export class Highlighter {
  // `text` is that of `core/src/selection.rs`, `node` finds a node by its number.
  show(doc, text, node) {
    for (const element of this.marked ?? []) element.removeAttribute(PICKER);
    this.marked = [];
    const { CSS, Highlight } = doc.defaultView;
    CSS.highlights?.delete(NAME);
    for (const line of text.split("\n")) {
      const [kind, ...words] = line.split(" ");
      const numbers = words.map(Number);
      if (kind === "picker") {
        const element = node(numbers[0]);
        if (element?.nodeType !== 1) continue;
        element.setAttribute(PICKER, "");
        this.marked.push(element);
      } else if (kind === "text" && Highlight && CSS.highlights) {
        const [from, start, , to, end] = numbers;
        const range = rangeOf(doc, node(from), start, node(to), end);
        if (range) CSS.highlights.set(NAME, new Highlight(range));
      }
    }
  }
}

// What is masked on the way can be shorter here.
function rangeOf(doc, from, start, to, end) {
  if (from?.nodeType !== 3 || to?.nodeType !== 3) return undefined;
  const range = doc.createRange();
  range.setStart(from, Math.min(start, from.length));
  range.setEnd(to, Math.min(end, to.length));
  return range;
}
