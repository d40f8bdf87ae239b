// Slots that scripts fill by hand, in shadow roots that are made for it.

import { Map, WeakSet, dom } from "./native.js";

const SLOTTED = 15;

export class Slots {
  constructor() {
    // Of each slot the numbers of what is in it, as they were told.
    this.told = new Map();
    this.heard = new WeakSet();
  }

  // `id` tells the number of a node.
  start(signal, wake, id) {
    Object.assign(this, { signal, wake, id });
  }

  reset() {
    this.told.clear();
  }

  forget(node) {
    this.told.delete(node);
  }

  // Tells `mark` of slots that have something else in them than when they were read.
  changed(mark) {
    for (const [slot, was] of this.told) if (this.numbers(slot) !== was) mark(slot);
  }

  root(root, out) {
    if (!isByHand(root)) return;
    out.set(SLOTTED, "");
    if (this.heard.has(root)) return;
    this.heard.add(root);
    dom.addEventListener(root, "slotchange", () => this.wake(), { capture: true, passive: true, signal: this.signal });
  }

  element(node, tag, out) {
    if (tag !== "slot" || !isByHand(dom.getRootNode(node))) return;
    const numbers = this.numbers(node);
    this.told.set(node, numbers);
    if (numbers) out.set(SLOTTED, numbers);
  }

  // What has no number yet is told when it has.
  numbers(slot) {
    let numbers = "";
    for (const node of slot.assignedNodes()) {
      const id = this.id(node);
      if (id) numbers += `${numbers && " "}${id}`;
    }
    return numbers;
  }
}

const isByHand = (root) => dom.nodeType(root) === 11 && root.slotAssignment === "manual";
