// What lies above the page in a replica, in the order in which the customer has it. The order in
// which it is opened is the order in which it lies, so what lies wrong is closed and opened again.

import { dom } from "./native.js";

const FULLSCREEN = "data-saath-fullscreen";

export class Layers {
  // Nothing is left of the document before; `node` finds an element by its number.
  start(node) {
    this.node = node;
    // What should be open, and what is, the lowest first.
    this.wanted = new Map();
    this.stack = [];
    this.moved = false;
  }

  set(node, value) {
    const [kind, number, opener] = value.split(" ");
    if (kind) this.wanted.set(node, { kind, number: Number(number), opener: Number(opener) });
    else this.wanted.delete(node);
    this.moved = true;
  }

  forget(node) {
    if (this.wanted.delete(node)) this.moved = true;
  }

  settle() {
    const isOpen = (node) => is(node, dom.localName(node) === "dialog" ? ":modal, :popover-open" : ":popover-open");
    // What was moved is closed by that.
    if (!this.moved && this.stack.every(({ node }) => isOpen(node))) return;
    this.moved = false;
    const wanted = Array.from(this.wanted, ([node, how]) => ({ node, ...how })).filter(({ node }) => dom.isConnected(node));
    wanted.sort((a, b) => a.number - b.number);
    let same = 0;
    while (same < wanted.length && isSame(wanted[same], this.stack[same]) && isOpen(wanted[same].node)) same++;
    for (const layer of this.stack.slice(same).reverse()) attempt(() => close(layer.node));
    for (const layer of wanted.slice(same)) attempt(() => unfocused(layer.node, () => this.open(layer)));
    this.stack = wanted;
  }

  open({ node, kind, opener }) {
    if (kind === "modal") {
      node.removeAttribute("open");
      node.showModal();
      return;
    }
    // Only the customer's own browser can fill a screen: in its frame the element does.
    if (kind === "fullscreen") node.setAttribute(FULLSCREEN, "");
    if (!node.popover) node.popover = "manual";
    const source = opener && this.node(opener);
    node.showPopover(source?.isConnected ? { source } : undefined);
  }
}

// What opens takes the focus, scrolls to it and has the ring of this browser around it, but what is
// inert does not.
function unfocused(node, act) {
  const { inert } = node;
  node.inert = true;
  try {
    act();
  } finally {
    node.inert = inert;
  }
}

function close(node) {
  if (node.hasAttribute(FULLSCREEN)) {
    node.removeAttribute(FULLSCREEN);
    node.hidePopover();
    node.popover = null;
  } else if (is(node, ":popover-open")) {
    node.hidePopover();
  } else if (dom.localName(node) === "dialog") {
    const open = node.hasAttribute("open");
    // Without the attribute a dialog counts as closed already, and stays in the top layer.
    node.setAttribute("open", "");
    node.close();
    if (open) node.setAttribute("open", "");
  }
}

const isSame = (a, b) => a.node === b?.node && a.kind === b.kind && a.number === b.number && a.opener === b.opener;

function attempt(act) {
  try {
    act();
  } catch {
    // A dialog that is gone again, a popover on an element that cannot have one.
  }
}

function is(node, selector) {
  try {
    return dom.matches(node, selector);
  } catch {
    return false;
  }
}
