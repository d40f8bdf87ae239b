// Shadow roots, the closed ones among them, and those that are attached later: that brings no
// mutation record.

// Where `early.js` keeps the closed roots that were attached before we came.
const EARLY = Symbol.for("saath.roots");
// `attachShadow` is wrapped once a window, however many readers there are.
const watches = new WeakMap();

export class Shadows {
  constructor() {
    this.closed = new WeakMap();
  }

  of(node) {
    if (node.nodeType !== 1) return null;
    return node.shadowRoot ?? this.closed.get(node) ?? this.win[EARLY]?.get(node) ?? null;
  }

  // `attached` hears of the host of each root that is attached from now on.
  watch(win, attached) {
    this.win = win;
    this.attached = (host, root) => {
      // Our own widgets stay closed: the consent prompt is nobody's business.
      if (host.localName.startsWith("saath-")) return;
      if (root.mode === "closed") this.closed.set(host, root);
      attached(host);
    };
    let watch = watches.get(win);
    if (!watch) watches.set(win, watch = wrap(win.Element.prototype));
    watch.listeners.add(this.attached);
  }

  stop() {
    const watch = watches.get(this.win);
    watch?.listeners.delete(this.attached);
    if (watch && !watch.listeners.size) {
      watch.restore();
      watches.delete(this.win);
    }
  }
}

function wrap(prototype) {
  const original = prototype.attachShadow;
  const listeners = new Set();
  const wrapped = prototype.attachShadow = new Proxy(original, {
    apply(attach, host, args) {
      const root = Reflect.apply(attach, host, args);
      for (const listener of listeners) listener(host, root);
      return root;
    },
  });
  const restore = () => {
    if (prototype.attachShadow === wrapped) prototype.attachShadow = original;
  };
  return { listeners, restore };
}
