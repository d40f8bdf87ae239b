// A page in a frame, recorded there, and beside it the replica of what was recorded. The test asks
// for one step of the page after the other and for what differs then.

import init, { Replica } from "/saath/saath.js";
import { differences } from "./compare.js";

const SHOW_ALL = { mode: "values", unredactedViews: ["*"], patterns: "off" };

const query = new URLSearchParams(location.search);
const frame = document.getElementById("page");
const frames = [];
const complaints = [];
let replica, recorder, page, failure;

window.viewer = {
  /** Resolves when the page is recorded. */
  ready: start().catch((error) => {
    failure = String(error?.stack ?? error);
  }),
  frames,
  complaints,
  steps: () => page.steps.length,
  /** Does one of the page's own steps. */
  step: (index) => page.steps[index](),
  /** What the replica has otherwise than the page, in words; nothing if it is right. */
  differences() {
    if (failure) return [failure];
    recorder.flush();
    if (failure) return [failure];
    return differences(page.document, replica.document, query.get("styles") !== "no");
  },
  html: () => replica.document.documentElement.outerHTML,
  page: () => page,
  document: () => replica.document,
  /** How much was emitted. */
  bytes: () => frames.reduce((sum, { length }) => sum + length, 0),
  stop: () => recorder.stop(),
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
  fresh: () => new Replica(document.getElementById("replica")),
};

async function start() {
  await init();
  replica = new Replica(document.getElementById("replica"));
  frame.src = query.get("page");
  await new Promise((loaded) => frame.addEventListener("load", loaded, { once: true }));
  page = frame.contentWindow;
  page.steps ??= [];
  for (const name of ["error", "warn"]) {
    page.console[name] = (...words) => complaints.push(words.join(" "));
  }
  const record = await recordOf(page);
  const policy = query.has("policy") ? JSON.parse(query.get("policy")) : SHOW_ALL;
  recorder = record({ policy, emit });
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
}

/** `record` as a script of the page itself gets it; the script is gone again before it is used. */
async function recordOf(page) {
  const script = page.document.createElement("script");
  script.type = "module";
  script.textContent = `
    import init, { record } from "/saath/saath.js";
    await init();
    dispatchEvent(new CustomEvent("saath", { detail: record }));`;
  const loaded = new Promise((done) => page.addEventListener("saath", done, { once: true }));
  page.document.documentElement.append(script);
  const { detail } = await loaded;
  script.remove();
  return detail;
}
