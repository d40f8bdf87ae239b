// What lies above the page: dialogs, popovers and what fills the screen, in their order. No engine
// tells the order, so what opens is counted; what was open before us is taken in document order.

import { Array, Map, Set, WeakMap, dom } from "./native.js";

const { hasAttribute } = dom;
const TOP_LAYER = 5;
const NEWS = ["toggle", "close", "fullscreenchange"];

export class TopLayer {
  constructor() {
    this.next = 1;
    // When each was opened, and by which button, which a popover can be placed beside.
    this.numbers = new WeakMap();
    this.openers = new WeakMap();
    this.opening = new Set();
    this.full = false;
    this.reset();
  }

  // `note` hears of what may lie elsewhere now, `id` tells the number of an element.
  start(signal, note, id) {
    Object.assign(this, { signal, note, id });
    this.roots = new Set();
  }

  reset() {
    this.told = new Map();
  }

  forget(node) {
    this.told.delete(node);
    this.roots.delete(node);
  }

  // None of these events leaves a shadow root.
  root(root) {
    if (this.roots.has(root)) return;
    this.roots.add(root);
    this.full ||= Boolean(dom.fullscreenElement(root));
    const options = { capture: true, passive: true, signal: this.signal };
    const on = (type, heard) => dom.addEventListener(root, type, ({ target }) => heard(target), options);
    for (const type of NEWS) on(type, (node) => this.note(node));
    on("beforetoggle", (node) => {
      // Before it opens or closes; which of both, is seen when it has.
      if (this.state(node)) return;
      this.numbers.set(node, this.next++);
      this.opening.add(node);
      this.note(node);
    });
    const pressed = ({ target }) => {
      const button = dom.nodeType(target) === 1 ? dom.closest(target, "[popovertarget], [commandfor]") : null;
      const popover = button?.popoverTargetElement ?? button?.commandForElement;
      if (popover) this.openers.set(popover, button);
    };
    dom.addEventListener(root, "click", pressed, options);
  }

  changed(mark) {
    this.full = Array.from(this.roots).some((root) => dom.fullscreenElement(root));
    for (const node of this.opening) mark(node);
    this.opening.clear();
    for (const [node, was] of this.told) if (this.state(node) !== was) mark(node);
  }

  element(node, tag, out) {
    if (tag !== "dialog" && !hasAttribute(node, "popover") && !this.isFull(node)) return;
    const state = this.state(node);
    this.told.set(node, state);
    if (state) out.set(TOP_LAYER, state);
  }

  // The root fills the window as it is.
  isFull(node) {
    return this.full && node !== dom.documentElement(dom.ownerDocument(node)) && is(node, ":fullscreen");
  }

  // `modal 3`, `popover 4 17`, or nothing.
  state(node) {
    const kind = this.isFull(node) ? "fullscreen" : is(node, ":modal") ? "modal"
      : dom.hasAttribute(node, "popover") && is(node, ":popover-open") ? "popover" : "";
    if (!kind) return "";
    if (!this.numbers.has(node)) this.numbers.set(node, this.next++);
    const opener = kind === "popover" ? this.id(this.openers.get(node)) : 0;
    return `${kind} ${this.numbers.get(node)}${opener ? ` ${opener}` : ""}`;
  }
}

function is(node, selector) {
  try {
    return dom.matches(node, selector);
  } catch {
    return false;
  }
}
