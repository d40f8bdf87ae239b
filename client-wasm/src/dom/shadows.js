// Shadow roots, the closed ones among them, and those that are attached later: that brings no
// mutation record.

import { Array, Map, Set, WeakMap, dom, wrap } from "./native.js";

const { shadowRoot } = dom;

// Where `early.js` keeps the closed roots that were attached before we came.
const EARLY = Symbol.for("saath.roots");
// `attachShadow` is wrapped once a prototype, however many readers there are. Not once a window: one
// that goes to another document stays the same and has other prototypes.
const watches = new WeakMap();

export class Shadows {
  constructor() {
    this.closed = new WeakMap();
    // Of each document.
    this.prototypes = new Map();
    this.early = new Map();
    this.attached = (host, root) => {
      // Our own widgets stay closed: the consent prompt is nobody's business.
      if (dom.localName(host).startsWith("saath-")) return;
      if (root.mode === "closed") this.closed.set(host, root);
      this.note(host);
    };
  }

  // Of an element.
  of(node) {
    const root = shadowRoot(node) ?? this.closed.get(node);
    if (root) return root;
    for (const roots of this.early.values()) {
      const root = roots.get(node);
      if (root) return root;
    }
    return null;
  }

  // `note` hears of the host of each root that is attached in this document from now on.
  watch(doc, note) {
    this.note = note;
    const win = dom.defaultView(doc);
    if (!win) return;
    if (win[EARLY]) this.early.set(doc, win[EARLY]);
    const { prototype } = win.Element;
    this.prototypes.set(doc, prototype);
    let watch = watches.get(prototype);
    if (!watch) watches.set(prototype, watch = watched(prototype));
    watch.listeners.add(this.attached);
  }

  unwatch(doc) {
    const prototype = this.prototypes.get(doc);
    this.early.delete(doc);
    this.prototypes.delete(doc);
    const watch = watches.get(prototype);
    if (!watch || Array.from(this.prototypes.values()).includes(prototype)) return;
    watch.listeners.delete(this.attached);
    if (watch.listeners.size) return;
    watch.restore();
    watches.delete(prototype);
  }

  stop() {
    for (const doc of this.prototypes.keys()) this.unwatch(doc);
  }
}

function watched(prototype) {
  const listeners = new Set();
  const restore = wrap(prototype, "attachShadow", (attach, host) => {
    const root = attach();
    for (const listener of listeners) listener(host, root);
    return root;
  });
  return { listeners, restore };
}
