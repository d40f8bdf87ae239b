// What the page has loaded: of what a style sheet names, nothing else is read. Engines list it, but
// some leave out what they had already. Those are asked, in ways in which they ask nobody else for
// what they do not have.

import { IS_FIREFOX, Map, dom } from "../dom/native.js";

// Engines that can tell what came from their cache list all that did.
const TELLS_OF_CACHE = "deliveryType" in PerformanceResourceTiming.prototype;
// A sheet may name hundreds.
const AT_ONCE = 32;

export class Loaded {
  // `heard()` when there is more. Of what is `closed`, origins, no cache is asked.
  start(signal, closed, heard) {
    this.signal = signal;
    this.closed = closed;
    this.heard = heard;
    // By address whether it is listed: what was only asked for may be another page's.
    this.addresses = new Map();
    this.observers = new Map();
    // What is to be asked, and what nobody had: address to whether it is a picture.
    this.questions = new Map();
    this.absent = new Map();
    // What comes while a page loads is listed, and may be in a cache only by half.
    dom.addEventListener(window, "load", () => this.ask(), { signal, once: true });
    // Another tab of the same portal may have loaded more.
    dom.addEventListener(document, "visibilitychange", () => this.askAgain(), { signal });
    signal.addEventListener("abort", () => {
      for (const observer of this.observers.values()) observer.disconnect();
    });
    this.watch(window);
  }

  // Each window has its own list.
  watch(win) {
    if (!win || this.observers.has(win)) return;
    // The list of what was loaded before us has an end; beyond it nothing is known.
    this.isCut ||= win.performance.getEntriesByType("resource").length >= 250;
    const observer = new win.PerformanceObserver((list) => {
      for (const { name, initiatorType } of list.getEntries()) {
        if (initiatorType !== "fetch" && initiatorType !== "xmlhttprequest") this.addresses.set(bare(name), true);
      }
      this.heard();
    });
    observer.observe({ type: "resource", buffered: true });
    this.observers.set(win, observer);
  }

  has(url) {
    return this.addresses.has(bare(url));
  }

  isListed(url) {
    return this.addresses.get(bare(url)) === true;
  }

  // It may be there without being listed.
  wonder(url, isPicture) {
    if (TELLS_OF_CACHE || this.has(url)) return;
    this.questions.set(bare(url), isPicture);
    this.ask();
  }

  askAgain() {
    if (dom.hidden(document)) return;
    for (const [url, isPicture] of this.absent) this.questions.set(url, isPicture);
    this.absent.clear();
    this.ask();
  }

  // Many at a time: what is in use may be named last, and comes no sooner than it is known.
  async ask() {
    if (this.isAsking || document.readyState !== "complete") return;
    this.isAsking = true;
    // A policy that closes our own origin would be broken by each: it tells so at the first.
    for (let count = 1; this.questions.size && !this.signal.aborted; count = AT_ONCE) {
      await idle(200);
      const some = [...this.questions].slice(0, count);
      for (const [url] of some) this.questions.delete(url);
      const found = await Promise.all(some.map(([url, isPicture]) => this.has(url) || this.isThere(url, isPicture)));
      some.forEach(([url, isPicture], i) => {
        if (found[i]) this.addresses.set(url, this.isListed(url));
        else this.absent.set(url, isPicture);
      });
      if (found.includes(true)) this.heard();
    }
    this.isAsking = false;
  }

  async isThere(url, isPicture) {
    const { origin } = new URL(url);
    const isOpen = origin === location.origin && !this.closed.has(origin);
    return isOpen && await isCached(url) || isPicture && isInMemory(url);
  }
}

// When the page is idle, or soon all the same.
export const idle = (timeout) => new Promise((done) => {
  if (window.requestIdleCallback) window.requestIdleCallback(done, { timeout });
  else setTimeout(done, 1);
});

const bare = (url) => url.split("#")[0];

async function isCached(url) {
  try {
    const answer = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
    answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

// Firefox keeps pictures for longer than any cache may, and shows them in another page without a word:
// one that no cache has, by `no-store`, and those of other origins. An image that is told to show one
// has its size at once; what is not there would be loaded after this turn, and is not wanted by then.
function isInMemory(url) {
  if (!IS_FIREFOX) return false;
  // Masks and shapes are kept apart from what needs no leave.
  return [null, "anonymous"].some((leave) => {
    const image = dom.createElementNS(document, "http://www.w3.org/1999/xhtml", "img");
    image.crossOrigin = leave;
    image.src = url;
    const { naturalWidth } = image;
    if (!naturalWidth) image.removeAttribute("src");
    return naturalWidth > 0;
  });
}
