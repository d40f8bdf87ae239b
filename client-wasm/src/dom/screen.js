// What style sheets ask of the customer's screen, asked of the browser: media features one by one, and
// whether a pseudo-class is known. When an answer changes, the sheets are to be read again.

import { Map } from "./native.js";

const NO = 0, YES = 1, UNKNOWN = 2;

export class Screen {
  constructor(win) {
    this.win = win;
    // By feature the answer and the list it is from: one that is not held is collected, with its listener.
    this.answers = new Map();
    this.known = new Map();
    this.abort = new AbortController();
  }

  // `changed` hears that an answer is another one by now.
  start(changed) {
    this.changed = changed;
  }

  media(feature) {
    let found = this.answers.get(feature);
    if (!found) {
      const list = this.win.matchMedia(feature);
      const answer = list.matches ? YES : this.win.matchMedia(`not ${feature}`).matches ? NO : UNKNOWN;
      const changed = () => {
        this.answers.delete(feature);
        this.changed(feature);
      };
      list.addEventListener("change", changed, { signal: this.abort.signal, once: true });
      this.answers.set(feature, found = { list, answer });
    }
    return found.answer;
  }

  knows(pseudoClass) {
    let known = this.known.get(pseudoClass);
    if (known === undefined) {
      known = this.win.CSS.supports(`selector(${pseudoClass})`);
      this.known.set(pseudoClass, known);
    }
    return known;
  }

  stop() {
    this.abort.abort();
  }
}
