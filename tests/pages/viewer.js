// A page in a frame, recorded there, and beside it the replica of what was recorded. The test asks
// for one step of the page after the other and for what differs then.

import "./moves.js";
import init, { Replica } from "/saath/saath.js";
import { differences, linesOf } from "./compare.js";
import { viewOf } from "./native.js";
import { veiled } from "./veil.js";

const SHOW_ALL = { mode: "values", unredactedViews: ["*"], patterns: "off" };

const query = new URLSearchParams(location.search);
const frame = document.getElementById("page");
const place = document.getElementById("replica");
const styles = query.get("styles") !== "no";
const frames = [];
const complaints = [];
const refused = new Set();
let replica, recorder, record, policy, page, failure;

window.viewer = {
  /** Resolves when the page is recorded. */
  ready: (query.has("page") ? start() : init().then(fresh)).catch((error) => {
    failure = String(error?.stack ?? error);
  }),
  /** How many steps there are, what the page needs of the engine and does not find, by name, and
   *  what went wrong. */
  begun: () => ({ failure, steps: page?.steps?.length ?? 0,
    lacks: Object.entries(page?.needs ?? {}).filter(([, there]) => !there).map(([name]) => name) }),
  frames,
  complaints,
  steps: () => page.steps.length,
  /** Does one of the page's own steps. What it gives back is for the test to do by hand. */
  async step(index) {
    const wishes = await page.steps[index]();
    // Many a step gives back what its last call did.
    if (![wishes].flat().every((wish) => Object.getPrototypeOf(wish ?? 0) === page.Object.prototype)) return null;
    frame.classList.remove("alone");
    return wishes;
  },
  /** What the replica has otherwise than the page, in words; nothing if it is right. */
  differences() {
    if (failure) return [failure];
    recorder.flush();
    return unlike();
  },
  /** The same, without being asked to look, as in a session: when there is nothing any more or the
   *  patience (in ms) is over; and then where the two are, whether the mouse is on the page, and what
   *  nobody need show of it. */
  async settle({ patience, swapped }) {
    const start = performance.now();
    document.body.classList.toggle("swapped", swapped);
    let wrong;
    do {
      // Twice: what is written in one frame is painted in the next.
      await nextFrame();
      await nextFrame();
      wrong = unlike();
    } while (wrong.length && performance.now() - start < patience);
    const shown = place.querySelector("iframe");
    return { wrong, page: rect(frame), replica: shown && rect(shown), ratio: devicePixelRatio, hovered: frame.matches(":hover"),
      veiled: failure ? [] : veiled(page.document).map(([x, y, width, height]) => ({ x, y, width, height })) };
  },
  /** The middle of an element of the page, in pixels of this one. */
  spot(selector) {
    const outer = frame.getBoundingClientRect();
    const box = page.document.querySelector(selector).getBoundingClientRect();
    return { x: Math.round(outer.x + box.x + box.width / 2), y: Math.round(outer.y + box.y + box.height / 2) };
  },
  /** Gives the page another size. */
  resize(width, height) {
    for (const element of [frame.parentNode, place]) Object.assign(element.style, { width: `${width}px`, height: `${height}px` });
  },
  /** What the replica wanted to load. */
  requests() {
    const { performance } = viewOf(replica.document);
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    return [...refused, ...loaded.filter((name) => !/^(data|blob):/.test(name))];
  },
  flush: () => recorder.flush(),
  html: () => replica.document.documentElement.outerHTML,
  page: () => page,
  document: () => replica.document,
  /** The tree without what another engine lays out otherwise. */
  lines: (ofReplica) => linesOf(ofReplica ? replica.document : page.document, ofReplica, false, true),
  /** How much was emitted. */
  bytes: () => frames.reduce((sum, { length }) => sum + length, 0),
  stop: () => recorder.stop(),
  /** Records the page once more at its own pace, until nothing comes for a while: how long the page
   * could do nothing else, in milliseconds, and what this replica has otherwise. */
  async pace() {
    const other = new Replica(place);
    let longest = 0;
    const frames = [];
    const emit = (frame) => {
      heard = performance.now();
      frames.push(frame);
    };
    // Comes as soon as it can; a timer would come later by what is left of its time.
    const { port1, port2 } = new MessageChannel();
    const turn = () => new Promise((done) => {
      port1.onmessage = done;
      port2.postMessage(0);
    });
    await turn();
    let last = performance.now(), heard = last;
    const second = record({ policy, emit });
    while (last - heard < 300) {
      await turn();
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }
    port1.close();
    second.stop();
    for (const frame of frames) other.apply(frame);
    const found = differences(page.document, other.document, false);
    other.free();
    return { longest: Math.round(longest), frames: frames.length, differences: found };
  },
  /** Records the page once more by another copy of the module: what that one's replica has otherwise,
   * its document, and how to stop it. */
  async twice() {
    const replica = new Replica(place);
    const second = (await recordOf(page, "saath-test"))({ policy, emit: (frame) => replica.apply(frame), frames: guests() });
    viewer.other = {
      differences() {
        second.flush();
        return differences(page.document, replica.document, false);
      },
      document: () => replica.document,
      stop: () => second.stop(),
    };
  },
  /** Emits what repairs the replica, if it needs it. */
  repair: () => {
    const doubt = replica.doubt();
    if (doubt) failure = undefined;
    if (doubt) recorder.repair(doubt);
    return doubt?.length;
  },
  /** What becomes of each frame on its way: none if it is lost. */
  onTheWay: (frame) => frame,
  /** Another replica, without anything in it. */
  fresh: () => new Replica(place),
  /** What was emitted from a frame on, as text. */
  recorded: (from) => frames.slice(from).map((bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))),
  /** Shows what another browser has recorded. */
  replay(recorded) {
    for (const text of recorded) emit(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
    return failure ?? null;
  },
  /** The tree and the place of what is replayed, once it is painted. */
  async shown() {
    await nextFrame();
    await nextFrame();
    return { lines: window.viewer.lines(true), replica: rect(place.querySelector("iframe")) };
  },
};

function unlike() {
  return failure ? [failure] : differences(page.document, replica.document, styles && !page.plain);
}

async function start() {
  await init();
  await fresh();
  // Until a step wishes for a hand, if no test has one.
  frame.classList.toggle("alone", query.has("alone"));
  frame.src = query.get("page");
  await new Promise((loaded) => frame.addEventListener("load", loaded, { once: true }));
  page = frame.contentWindow;
  // A page that is not there is easily replayed.
  if (page.performance.getEntriesByType("navigation")[0]?.responseStatus === 404) throw new Error("no such page");
  viewer.alert = page.alert;
  page.steps ??= [];
  await page.ready;
  for (const name of ["error", "warn"]) {
    page.console[name] = (...words) => complaints.push(words.join(" "));
  }
  record = await recordOf(page);
  policy = query.has("policy") ? JSON.parse(query.get("policy")) : SHOW_ALL;
  recorder = record({ policy, emit, frames: guests() });
  // A large page takes more than one turn.
  recorder.flush();
}

/** Whose frames take part; a page of the suite says it itself. */
function guests() {
  return page.guests ?? query.getAll("frames");
}

function fresh() {
  replica = new Replica(place);
}

function emit(bytes) {
  frames.push(bytes);
  const arrived = window.viewer.onTheWay(bytes);
  if (!arrived) return;
  try {
    replica.apply(arrived);
  } catch (error) {
    failure ??= `frame ${frames.length} is refused: ${error.name}: ${error.message}`;
  }
  watch(replica.document);
}

/** Hears of what the policy of this page keeps the replica from loading. A fresh page forgets who
 *  listened, so it is asked again after each frame; events come later than that. */
function watch(document) {
  document?.removeEventListener("securitypolicyviolation", refuse);
  document?.addEventListener("securitypolicyviolation", refuse);
}

function refuse({ blockedURI, effectiveDirective }) {
  refused.add(`${effectiveDirective} ${blockedURI}`);
}

/** `record` as a script of the page itself gets it; the script is gone again before it is used. */
async function recordOf(page, copy = "saath") {
  const script = page.document.createElement("script");
  // Not inline: the page may have a policy.
  script.src = `/record.js?copy=${copy}`;
  const loaded = new Promise((done) => page.addEventListener("saath", done, { once: true }));
  page.document.documentElement.append(script);
  const { detail } = await loaded;
  page.Node.prototype.removeChild.call(page.document.documentElement, script);
  return detail;
}

function rect(element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height };
}

function nextFrame() {
  return new Promise(requestAnimationFrame);
}
