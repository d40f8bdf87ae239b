// Edits of rules, which leave no trace: `rule.style.setProperty`, another selector, a rule within a
// rule. Small sheets are compared each time; large ones once a second at most, in slices while the
// page is idle, and never in more than a fiftieth of the time.

import { Array, Set, WeakMap } from "./native.js";

// A sheet with more rules than this is large.
const SMALL = 64;
const PAUSE = 1000, SLICE = 4, SHARE = 50;
// How many rules come between two looks at the clock.
const STRIDE = 16;

export class Edits {
  constructor() {
    // Of each large sheet the print of its rules, what it should be like, and how many edits were found.
    this.large = new WeakMap();
    // Those that were asked about since the last round.
    this.asked = new Set();
  }

  // `wake` hears that an edit was found.
  start(win, signal, wake) {
    this.win = win;
    this.signal = signal;
    this.wake = wake;
    this.idle = win.requestIdleCallback?.bind(win) ?? ((act) => win.setTimeout(() => act({ timeRemaining: () => SLICE }), 50));
  }

  // What is another text when some rule is another one; not of what is imported.
  of(sheet) {
    const small = textOf(sheet);
    if (small !== null) return small;
    if (!this.asked.size && !this.running && this.idle) this.later(PAUSE);
    this.asked.add(sheet);
    return `edit ${this.known(sheet).edits}`;
  }

  // Whether a sheet has no other rules than another. Of large ones it is found out later: if it has,
  // that counts as an edit.
  isLike(sheet, other) {
    const rules = (sheet) => Array.from(sheet.cssRules).filter((rule) => !isImport(rule)).length;
    if (rules(sheet) !== rules(other)) return false;
    const small = textOf(sheet);
    if (small !== null) return small === textOf(other);
    this.known(sheet).other = other;
    return true;
  }

  known(sheet) {
    let known = this.large.get(sheet);
    if (!known) this.large.set(sheet, known = { print: undefined, other: undefined, edits: 0 });
    return known;
  }

  later(pause) {
    this.running = true;
    this.win.setTimeout(() => this.signal.aborted || this.idle((deadline) => this.round(deadline)), pause);
  }

  // Goes through all that was asked about, in as many slices as it takes.
  round(deadline) {
    this.work ??= this.compare();
    const start = this.win.performance.now();
    const least = start + 1;
    const isOver = () => {
      const now = this.win.performance.now();
      return now > start + SLICE || (now > least && deadline.timeRemaining() < 1);
    };
    let isDone = false;
    while (!isDone && !isOver()) isDone = this.work.next().done;
    this.spent = (this.spent ?? 0) + this.win.performance.now() - start;
    if (this.signal.aborted) return;
    if (!isDone) {
      this.idle((deadline) => this.round(deadline));
      return;
    }
    const pause = Math.max(PAUSE, this.spent * SHARE);
    this.work = undefined;
    this.spent = 0;
    this.running = false;
    if (this.asked.size) this.later(pause);
  }

  * compare() {
    const sheets = this.asked;
    this.asked = new Set();
    for (const sheet of sheets) {
      const known = this.known(sheet);
      let print, expected = known.print;
      try {
        print = yield* prints(sheet);
        if (known.other) expected = yield* prints(known.other);
      } catch {
        // It was taken away meanwhile.
        continue;
      }
      known.other = undefined;
      known.print = print;
      // What it was when it was read is not known the first time: then it is read again.
      if (print === expected) continue;
      known.edits++;
      this.wake();
    }
  }
}

const isImport = (rule) => rule.styleSheet !== undefined;

// The rules of a small sheet; null if it is large.
function textOf(sheet) {
  let count = 0, text = "";
  const look = (rules) => {
    count += rules.length;
    for (let i = 0; i < rules.length && count <= SMALL; i++) if (rules[i].cssRules?.length) look(rules[i].cssRules);
  };
  look(sheet.cssRules);
  if (count > SMALL) return null;
  for (const rule of sheet.cssRules) if (!isImport(rule)) text += rule.cssText;
  return text;
}

// One number for all rules of a sheet. Of those with more in them than a few what is in them is taken
// by itself, so that no step takes long.
function* prints(sheet) {
  let print = 0, count = 0;
  const open = [[sheet.cssRules, 0]];
  while (open.length) {
    const top = open.at(-1);
    const rule = top[0][top[1]++];
    if (!rule) {
      open.pop();
      print = hash(print, "}");
      continue;
    }
    if (rule.cssRules?.length > STRIDE) {
      print = hash(print, headOf(rule));
      open.push([rule.cssRules, 0]);
    } else if (!isImport(rule)) {
      print = hash(print, rule.cssText);
    }
    if (++count % STRIDE === 0) yield;
  }
  return print;
}

function headOf(rule) {
  return `${rule.selectorText ?? ""}|${rule.conditionText ?? ""}|${rule.name ?? ""}|${rule.style?.cssText ?? ""}`;
}

function hash(print, text) {
  for (let i = 0; i < text.length; i++) print = Math.imul(print ^ text.charCodeAt(i), 0x01000193) + 1 | 0;
  return print;
}
