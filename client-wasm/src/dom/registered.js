// Custom properties that scripts register. Nothing tells which there are, so `CSS.registerProperty` is
// wrapped while a page is shared; those before are known if `early.js` was there.

import { Set, WeakMap, ofWindow, wrap } from "./native.js";

const EARLY = Symbol.for("saath.properties");
// It is wrapped once a document, however many there are of us.
const watches = new WeakMap();
// By document, also when nobody listens any more.
const properties = new WeakMap();

export class Registered {
  constructor() {
    this.documents = new Set();
  }

  // `wake` hears of each that is registered from now on.
  start(wake) {
    this.wake = wake;
  }

  watch(doc) {
    const css = ofWindow(doc, "CSS");
    if (this.documents.has(doc) || !css?.registerProperty) return;
    this.documents.add(doc);
    let watch = watches.get(doc);
    if (!properties.has(doc)) properties.set(doc, []);
    if (!watch) watches.set(doc, watch = watched(css, properties.get(doc)));
    watch.listeners.add(this.wake);
  }

  // Those of a document, as rules.
  rules(doc) {
    const rules = [...ofWindow(doc, EARLY) ?? [], ...properties.get(doc) ?? []].map(ruleOf);
    return [...new Set(rules)].join("");
  }

  forget(doc) {
    if (!this.documents.delete(doc)) return;
    const watch = watches.get(doc);
    watch.listeners.delete(this.wake);
    if (watch.listeners.size) return;
    watch.restore();
    watches.delete(doc);
  }

  stop() {
    for (const doc of this.documents) this.forget(doc);
  }
}

function watched(css, properties) {
  const listeners = new Set();
  const restore = wrap(css, "registerProperty", (register, _, [definition]) => {
    register();
    properties.push({ ...definition });
    for (const wake of listeners) wake();
  });
  return { listeners, restore };
}

function ruleOf({ name, syntax = "*", inherits, initialValue }) {
  const value = initialValue === undefined ? "" : `;initial-value:${initialValue}`;
  return `@property ${CSS.escape(name)}{syntax:"${syntax.replace(/["\\\n]/g, "\\$&")}";inherits:${inherits}${value}}`;
}
