// The running animations of elements: those of style sheets, transitions, and those that scripts
// made. They run on without a trace, so what is told is where each of them is when it starts or
// changes; the replica lets it run on from there. The text is that of `core/src/motion.rs`.

import { Map, Set, WeakMap, dom } from "./native.js";

const ANIMATIONS = 12;
// How far a running animation may be from where it should be by now, in milliseconds: one that is
// about to start does so with the next frame.
const TOLERANCE = 40;
// Scripts change keyframes without a trace, and printing them is slow: not more often than this, in
// milliseconds.
const PRINT = 500;
// Each shadow root is asked by itself; so many are not asked at each turn.
const MANY = 100;
const MOST = 64, MOST_KEYFRAMES = 256;
const NEWS = ["animationstart", "animationend", "animationcancel", "transitionrun", "transitionend",
  "transitioncancel"];

export class Motion {
  constructor() {
    this.roots = new Set();
    this.numbers = new WeakMap();
    this.next = 1;
    this.printed = new WeakMap();
    this.now = new Map();
    this.asked = 0;
    this.inShadows = [];
    this.reset();
  }

  start(signal, wake) {
    this.signal = signal;
    this.wake = wake;
  }

  reset() {
    this.told = new Map();
  }

  forget(node) {
    this.told.delete(node);
    this.roots.delete(node);
  }

  // A document or shadow root whose animations are told.
  root(root) {
    if (this.roots.has(root)) return;
    this.roots.add(root);
    const options = { capture: true, passive: true, signal: this.signal };
    for (const type of NEWS) dom.addEventListener(root, type, () => this.wake(), options);
  }

  // Compares what is running with what was told.
  changed(mark) {
    this.now = this.collect();
    for (const [node, list] of this.now) if (!isSame(list, this.told.get(node))) mark(node);
    for (const node of this.told.keys()) {
      if (this.now.has(node)) continue;
      this.told.delete(node);
      mark(node);
    }
  }

  element(node, out) {
    const list = this.now.get(node);
    if (!list) return;
    this.told.set(node, list);
    out.set(ANIMATIONS, list.map(print).join("\n"));
  }

  // By element, in the order in which one covers the other.
  collect() {
    const now = new Map();
    const documents = [], shadows = [];
    for (const root of this.roots) (dom.nodeType(root) === 9 ? documents : shadows).push(root);
    const due = performance.now();
    if (shadows.length <= MANY || due - this.asked > PRINT) {
      this.asked = due;
      this.inShadows = animationsOf(shadows);
    }
    for (const animation of new Set([...animationsOf(documents), ...this.inShadows])) {
      const { effect } = animation;
      const node = effect?.target;
      if (!node || effect.pseudoElement?.startsWith("::view-transition")) continue;
      let list = now.get(node);
      if (!list) now.set(node, list = []);
      const described = list.length < MOST && this.describe(animation, effect, list);
      if (described) list.push(described);
    }
    return now;
  }

  describe(animation, effect, list) {
    const { timeline, playState, playbackRate } = animation;
    const name = animation.animationName ?? "";
    const pseudo = effect.pseudoElement ?? "";
    // What scrolling moves is moved by the scrolling of the replica, if its sheets say so.
    if (timeline && timeline !== dom.timeline(dom.ownerDocument(effect.target)) && isScrolled(timeline)) return undefined;
    const kind = name ? "css" : "keyframes";
    const time = Number(animation.currentTime ?? 0);
    const running = playState === "running";
    const { delay, endDelay, duration, iterations, iterationStart, direction, fill, easing } = effect.getTiming();
    const length = typeof duration === "number" ? duration : effect.getComputedTiming().duration;
    const { composite = "replace", iterationComposite = "replace" } = effect;
    const number = kind === "keyframes"
      ? this.number(animation)
      : list.filter((other) => other.name === name && other.pseudo === pseudo).length;
    return {
      kind, name, number, pseudo, playState, time, running,
      // Where its time began, which stays the same while it runs.
      began: running && playbackRate && timeline ? timeline.currentTime - time / playbackRate : 0,
      rest: [playbackRate, delay, endDelay, length, iterations, iterationStart, direction, fill, easing, composite, iterationComposite]
        .map((field) => (typeof field === "number" ? short(field) : field)).join("\t"),
      keyframes: kind === "keyframes" ? this.keyframes(effect) : "",
    };
  }

  number(animation) {
    let number = this.numbers.get(animation);
    if (!number) {
      this.numbers.set(animation, number = this.next++);
      // The end of what a script has made is told to nobody else.
      for (const type of ["finish", "cancel", "remove"]) {
        animation.addEventListener(type, () => this.wake(), { signal: this.signal });
      }
    }
    return number;
  }

  keyframes(effect) {
    const at = performance.now();
    const before = this.printed.get(effect);
    if (before && at - before.at < PRINT) return before.text;
    let text = "";
    for (const keyframe of effect.getKeyframes().slice(0, MOST_KEYFRAMES)) {
      const { offset, computedOffset, easing, composite, ...values } = keyframe;
      const pieces = [short(computedOffset), easing, composite ?? "auto"];
      for (const property of Object.keys(values)) pieces.push(property, values[property]);
      text += "\t" + pieces.map((piece) => String(piece).replace(/[\0-\x1f]/g, " ")).join("\x1f");
    }
    this.printed.set(effect, { at, text });
    return text;
  }
}

const animationsOf = (roots) => roots.flatMap((root) => dom.getAnimations(root));

function isScrolled(timeline) {
  return ["[object ScrollTimeline]", "[object ViewTimeline]"].includes(Object.prototype.toString.call(timeline));
}

const short = (number) => String(Math.round(number * 1000) / 1000);

function isSame(list, told) {
  return told?.length === list.length && list.every((one, i) => {
    const other = told[i];
    return one.name === other.name && one.number === other.number && one.pseudo === other.pseudo &&
      one.kind === other.kind && one.playState === other.playState && one.rest === other.rest &&
      one.keyframes === other.keyframes &&
      (one.running ? Math.abs(one.began - other.began) < TOLERANCE : Math.abs(one.time - other.time) < 0.5);
  });
}

function print({ kind, name, number, pseudo, playState, time, rest, keyframes }) {
  const safe = name.replace(/[\0-\x1f]/g, " ");
  return `${kind}\t${safe}\t${number}\t${pseudo}\t${playState}\t${short(time)}\t${rest}${keyframes}`;
}
