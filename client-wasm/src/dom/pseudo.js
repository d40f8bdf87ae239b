// The states that style sheets can see and that a replica cannot have by itself: where the pointer and
// the focus are, what is valid, what is not defined yet. Only those are looked for that some style
// sheet asks for. After a first look at a root it is events that say which elements may have others;
// the engine is then asked for those alone.

import { Array, IS_FIREFOX, IS_WEBKIT, Map, Set, dom, focusedIn } from "./native.js";

const INTERVAL = 1000;
const STIRS = ["pointerover", "pointerout", "pointerdown", "pointerup", "pointercancel", "dragend", "focusin",
  "focusout", "keydown", "keyup", "fullscreenchange", "play", "pause", "seeking", "seeked", "volumechange"];
const TURNS = ["input", "change", "invalid", "submit", "reset", "load"];
const TRAIL = new Set(["hover", "active", "focus", "focus-visible", "focus-within", "-moz-focusring", "target",
  "target-within"]);
const POINTED = new Set(["hover", "active"]);
// Boxes to tick, and what is chosen of a list, by kind or by role.
const CHOICES = "option, input[type=radio i], input[type=checkbox i]" +
  " checkbox radio switch option menuitemcheckbox menuitemradio".replace(/ (\w+)/g, ", [role~=$1 i]");
// They can have states that are no trail.
const STATEFUL = new Set(["input", "select", "textarea", "button", "form", "fieldset", "option", "output",
  "object", "audio", "video"]);

export class Pseudos {
  constructor() {
    // By word, in their order, the selectors.
    this.asked = new Map();
    this.roots = new Set();
  }

  start(win, signal, wake) {
    this.win = win;
    this.signal = signal;
    this.wake = wake;
    win.addEventListener("hashchange", () => this.find(this.roots, ["target", "target-within"]), { signal });
    this.reset();
    // There the browser's own controls show where the pointer is, or the focus.
    if (IS_FIREFOX) this.ask(["active", "hover"]);
    if (IS_WEBKIT) this.ask(["active", "focus", "hover"]);
  }

  reset() {
    // Each node's words as they were read.
    this.words = new Map();
    this.trail = new Set();
    // What can change without the pointer or the focus.
    this.stateful = new Set();
    // What may have other words than before.
    this.suspects = new Set();
    this.compared = 0;
    this.find(this.roots, this.asked.keys());
  }

  forget(node) {
    this.words.delete(node);
    this.trail.delete(node);
    this.stateful.delete(node);
    this.suspects.delete(node);
    this.roots.delete(node);
  }

  // Some style sheet asks for these.
  ask(words) {
    const news = words.filter((word) => !this.asked.has(word));
    if (!news.length) return;
    for (const word of news) this.asked.set(word, selectorOf(word));
    this.asked = new Map([...this.asked].sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const node of this.stateful) this.suspects.add(node);
    this.find(this.roots, news);
  }

  // The one look at all that is in a document or shadow root.
  find(roots, among) {
    const words = Array.from(among).filter((word) => this.asked.has(word));
    if (!words.length) return;
    const selectors = words.map((word) => this.asked.get(word)).join();
    for (const root of roots) for (const node of dom.querySelectorAll(root, selectors)) this.suspects.add(node);
    for (const word of words) if (TRAIL.has(word)) for (const node of this.trail) this.suspects.add(node);
    this.wake();
  }

  // Events stop at the boundary of a shadow tree when nothing outside changes.
  root(root) {
    if (this.roots.has(root)) return;
    this.roots.add(root);
    const options = { capture: true, passive: true, signal: this.signal };
    for (const type of STIRS) dom.addEventListener(root, type, (event) => this.stir(event), options);
    for (const type of TURNS) {
      dom.addEventListener(root, type, () => {
        this.compared = 0;
        this.wake();
      }, options);
    }
    this.find([root], this.asked.keys());
  }

  // When the handlers have run the engine is asked, not now.
  stir(event) {
    const isPointer = event.type.startsWith("pointer");
    if (isPointer && !this.asked.has("hover") && !this.asked.has("active")) return;
    const path = event.composedPath();
    if (isPointer) this.pointed = path[0];
    for (const node of path) {
      // The path ends with the window.
      if (node.window === node || dom.nodeType(node) !== 1) continue;
      this.suspects.add(node);
      // Who points at a label points at what it labels.
      if (dom.localName(node) === "label" && node.control) this.suspects.add(node.control);
    }
    for (const node of this.trail) this.suspects.add(node);
    this.wake();
  }

  // The words of an element that is being read; nothing if it has none.
  of(node, tag) {
    const stateful = STATEFUL.has(tag) || tag.includes("-");
    if (stateful) this.stateful.add(node);
    if (!stateful && !this.words.has(node) && !this.suspects.has(node)) return "";
    this.suspects.delete(node);
    const words = this.look(node);
    if (words) this.words.set(node, words);
    else this.words.delete(node);
    return words;
  }

  // Tells `mark` of what has other words than when it was read.
  changed(mark) {
    const now = this.win.performance.now();
    // Scripts can move the focus away by taking its element away, and set validity, without an event.
    if (now - this.compared > INTERVAL) {
      this.compared = now;
      for (const node of this.stateful) this.suspects.add(node);
      for (const node of this.trail) this.suspects.add(node);
    }
    for (const node of this.suspects) {
      const same = this.look(node) === (this.words.get(node) ?? "");
      if (same || !dom.isConnected(node)) this.suspects.delete(node);
      else mark(node);
    }
  }

  look(node) {
    const words = [];
    let trail = false;
    for (const [word, selector] of this.asked) {
      if (!is(node, selector)) continue;
      words.push(word);
      if (!TRAIL.has(word)) continue;
      trail = true;
      // Where it is among the boxes of a choice tells what is chosen: that is for the masks to judge.
      if (isChoice(POINTED.has(word) ? this.pointed : focusedIn(dom.ownerDocument(node)))) words.push("choice");
    }
    if (trail) this.trail.add(node);
    else this.trail.delete(node);
    return words.join(" ");
  }
}

function selectorOf(word) {
  if (word === "undefined") return ":not(:defined)";
  return word.startsWith("state-") ? `:state(${word.slice(6)})` : `:${word}`;
}

function isChoice(node) {
  return !!node && node.window !== node && dom.nodeType(node) === 1 && !!dom.closest(node, CHOICES);
}

function is(node, selector) {
  try {
    return dom.matches(node, selector);
  } catch {
    return false;
  }
}
