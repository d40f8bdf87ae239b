// What stops the page until the customer has answered: `alert` and its like. While one is open no
// script runs, ours neither, so it is told before; these functions are wrapped while a page is shared.

import { Array, Set, WeakMap, dom, wrap } from "./native.js";

// In the order of `Waiting` in `core/src/message/page.rs`, from 1.
const CALLS = ["alert", "confirm", "prompt", "print"];
// They are wrapped once a document, however many there are of us.
const watches = new WeakMap();

export class Waits {
  constructor() {
    this.documents = new Set();
    this.open = [];
  }

  // `tell` hears before the page stops and must be done when it returns; `wake` hears afterwards.
  start(tell, wake) {
    this.listener = {
      opens: (kind) => {
        this.open.push(kind);
        tell();
      },
      closed: () => {
        this.open.pop();
        wake();
      },
    };
  }

  // Which is open, 0 for none.
  kind() {
    return this.open.at(-1) ?? 0;
  }

  // Each document has a window of its own, though that of a frame is always called the same.
  watch(doc) {
    if (this.documents.has(doc) || !dom.defaultView(doc)) return;
    this.documents.add(doc);
    let watch = watches.get(doc);
    if (!watch) watches.set(doc, watch = watched(dom.defaultView(doc)));
    watch.listeners.add(this.listener);
  }

  stop() {
    for (const doc of this.documents) {
      const watch = watches.get(doc);
      watch?.listeners.delete(this.listener);
      if (watch && !watch.listeners.size) {
        // A frame's window shows another document by now, perhaps of another origin.
        if (dom.defaultView(doc)) watch.restore();
        watches.delete(doc);
      }
    }
    this.documents.clear();
  }
}

function watched(win) {
  const listeners = new Set();
  const there = CALLS.filter((name) => typeof win[name] === "function");
  const undo = there.map((name) => wrap(win, name, (call) => {
    const heard = Array.from(listeners);
    for (const listener of heard) listener.opens(CALLS.indexOf(name) + 1);
    try {
      return call();
    } finally {
      for (const listener of heard) listener.closed();
    }
  }));
  return { listeners, restore: () => undo.forEach((act) => act()) };
}

// The part of the window that is seen, where a keyboard or two fingers have made that less than all
// of it: left, top, width and height in CSS pixels; nothing else.
export function visual(win) {
  const view = win.visualViewport;
  if (!view) return [];
  // Scrollbars are not part of it, and are no news.
  const SCROLLBAR = 24;
  const less = view.scale > 1.001 || win.innerWidth - view.width > SCROLLBAR || win.innerHeight - view.height > SCROLLBAR;
  return less ? [view.offsetLeft, view.offsetTop, view.width, view.height] : [];
}
