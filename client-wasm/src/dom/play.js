// The customer's animations in a replica. Those of the page's style sheets start here by
// themselves and are put to the customer's time; transitions and what scripts made is played from
// its keyframes. The replica starts no transition of its own, and what the customer does not see
// moving does not move.

import { dom } from "./native.js";

const HEAD = 17;
const TIMING = ["delay", "endDelay", "duration", "iterations", "iterationStart", "direction", "fill", "easing"];

export class Player {
  // Nothing is left of the document before.
  start() {
    this.roots = new Set();
    // For each element what should run, and of its sheets' animations what was stopped here.
    this.wanted = new Map();
    this.stopped = new WeakMap();
  }

  root(root) {
    this.roots.add(root);
  }

  forget(node) {
    this.roots.delete(node);
    this.wanted.delete(node);
  }

  // The animations of an element are these now, or none.
  set(node, text) {
    const before = this.wanted.get(node);
    const lines = text ? text.split("\n").map(parse) : [];
    const own = lines.filter(({ kind }) => kind === "keyframes");
    // What begins later covers what began before, so from the first that differs all begin anew.
    const kept = before ? sameUntil(before.own, own) : 0;
    for (const gone of before?.own.slice(kept) ?? []) gone.animation?.cancel();
    own.slice(0, kept).forEach((one, i) => { one.animation = before.own[i].animation; });
    const sheets = new Map();
    for (const one of lines) if (one.kind !== "keyframes") sheets.set(keyOf(one.name, one.pseudo, one.number), one);
    if (lines.length) this.wanted.set(node, { own, sheets });
    else this.wanted.delete(node);
    for (const one of own) {
      try {
        one.animation ??= animate(node, one);
        follow(one.animation, one);
      } catch {
        // A pseudo-element or a property that this browser has not.
      }
    }
  }

  // After each change: style sheets may have started animations.
  settle() {
    const found = new Map();
    for (const root of this.roots) {
      for (const animation of dom.getAnimations(root)) {
        const node = animation.effect?.target;
        if (animation.transitionProperty !== undefined) animation.cancel();
        // What scrolling moves moves by itself.
        if (!node || animation.animationName === undefined || isScrolled(animation.timeline)) continue;
        let animations = found.get(node);
        if (!animations) found.set(node, animations = new Map());
        const { animationName: name, effect: { pseudoElement } } = animation;
        let number = 0;
        while (animations.has(keyOf(name, pseudoElement ?? "", number))) number++;
        animations.set(keyOf(name, pseudoElement ?? "", number), animation);
      }
    }
    for (const [node, animations] of found) {
      const sheets = this.wanted.get(node)?.sheets;
      for (const [key, animation] of animations) {
        const one = sheets?.get(key);
        if (one) this.match(one, animation);
        else this.stop(node, key, animation);
      }
    }
    for (const [node, { sheets }] of this.wanted) {
      for (const [key, one] of sheets) {
        const stopped = found.get(node)?.has(key) ? undefined : this.stopped.get(node)?.get(key);
        if (stopped) this.match(one, stopped);
      }
    }
  }

  match(one, animation) {
    if (one.animation === animation) return;
    one.animation = animation;
    follow(animation, one);
  }

  stop(node, key, animation) {
    animation.cancel();
    if (!this.stopped.has(node)) this.stopped.set(node, new Map());
    this.stopped.get(node).set(key, animation);
  }
}

function isScrolled(timeline) {
  return ["[object ScrollTimeline]", "[object ViewTimeline]"].includes(Object.prototype.toString.call(timeline));
}

const keyOf = (name, pseudo, number) => `${name}\t${pseudo}\t${number}`;

function parse(line) {
  const fields = line.split("\t");
  const [kind, name, number, pseudo, state, time, rate] = fields;
  const timing = {};
  TIMING.forEach((key, i) => { timing[key] = i < 5 ? Number(fields[7 + i]) : fields[7 + i]; });
  return {
    kind, name, number: Number(number), pseudo, state, time: Number(time), rate: Number(rate), timing,
    composite: fields[15], iterationComposite: fields[16],
    effect: `${number}\t${pseudo}\t${fields.slice(7).join("\t")}`,
    keyframes: fields.slice(HEAD).map(keyframe),
    at: performance.now(),
  };
}

function keyframe(text) {
  const [offset, easing, composite, ...values] = text.split("\x1f");
  const out = { offset: Number(offset), easing, composite };
  for (let i = 0; i < values.length; i += 2) out[values[i]] = values[i + 1];
  return out;
}

function sameUntil(before, after) {
  let i = 0;
  while (i < before.length && i < after.length && before[i].effect === after[i].effect) i++;
  return i;
}

function animate(node, { keyframes, timing, pseudo, composite, iterationComposite }) {
  const options = { ...timing, composite, iterationComposite };
  if (pseudo) options.pseudoElement = pseudo;
  const animation = node.animate(keyframes, options);
  // The customer's page decides what is covered for good.
  animation.persist?.();
  return animation;
}

// Puts an animation where the customer's is by now.
function follow(animation, { state, time, rate, timing, at }) {
  const { effect } = animation;
  const own = effect.getTiming();
  if (TIMING.some((key) => own[key] !== timing[key])) effect.updateTiming(timing);
  if (animation.playbackRate !== rate) animation.playbackRate = rate;
  const { playState } = animation;
  if (state !== "running") {
    animation.pause();
    animation.currentTime = time;
    return;
  }
  // Starting it anew can rewind it: the time comes after.
  if (playState === "paused" || playState === "idle") animation.play();
  animation.currentTime = time + (performance.now() - at) * rate;
}
