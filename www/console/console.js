// The agent's page: the PIN, the wait, the taxpayer's page, the end. One view at a time; what the
// taxpayer's page shows is in the stage and is gone from this document when the session is.

import { digitsOf, groupWhileTyping } from "./pin.js";
import { showSession } from "./session.js";
import { takeFragment } from "./token.js";
import { endedText, joinError, STATES } from "./words.js";

const RELAY = "{{relay}}";

const byId = (id) => document.getElementById(id);
const pin = byId("pin");

let agent;
let session;
let stopShowing;
/** Resolves to the module, so that the first session starts without waiting for it. */
const saath = import("/saath/saath.js").then(async (module) => {
  await module.default();
  return module;
});
saath.catch((error) => {
  console.error("saath:", error);
  closed("The console could not be loaded", "Check your connection, then press Co-browse in the CRM again.");
});

groupWhileTyping(pin);
pin.addEventListener("input", () => pinError(""));
byId("start-form").addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
byId("wait-cancel").addEventListener("click", () => session?.stop());
byId("again").addEventListener("click", () => {
  pin.value = "";
  welcome();
});
byId("forget").addEventListener("click", async () => {
  await (await saath).forgetAssets();
  say("Deleted.");
  byId("forget").textContent = "Deleted";
});
byId("keys-open").addEventListener("click", () => byId("keys").showModal());
document.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.code === "KeyK") {
    event.preventDefault();
    if (!byId("keys").open) byId("keys").showModal();
  }
});
// The CRM may send the next call to this same tab, which changes nothing but the fragment.
window.addEventListener("hashchange", signIn);
// A closed console must not leave somebody watched.
window.addEventListener("pagehide", () => session?.stop());
window.addEventListener("beforeunload", (event) => {
  if (session?.state === "active") event.preventDefault();
});
signIn();

function signIn() {
  const next = takeFragment();
  if (session && next) {
    agent = next.broken ? agent : { ...next, waiting: true };
    return;
  }
  if (!next || next.broken) {
    if (!agent) closed();
    return;
  }
  agent = next;
  welcome();
}

function welcome() {
  if (!agent) return closed();
  byId("me").hidden = false;
  byId("me-name").textContent = agent.name;
  byId("me-unit").textContent = [agent.staff, agent.unit].filter(Boolean).join(" · ");
  byId("call").hidden = !agent.call;
  byId("caller").textContent = agent.call;
  if (Date.now() >= agent.expires) {
    return closed("Your sign-in has expired", "Press Co-browse in the CRM again. This page will go on by itself.");
  }
  show("start");
  document.title = agent.call ? `${agent.call} · Saath console` : "Saath console";
  pin.focus();
}

async function start() {
  if (session || byId("start-button").disabled) return;
  if (Date.now() >= agent.expires) return welcome();
  pinError("");
  if (!digitsOf(pin.value)) return pinError("Type the help PIN that the taxpayer reads to you.");
  const button = byId("start-button");
  button.disabled = true;
  const stage = freshStage();
  try {
    const { join } = await saath;
    session = await join({ relay: RELAY, pin: pin.value, token: agent.token, stage });
  } catch (error) {
    const { text, pin: wrongPin, known } = joinError(error);
    if (!known) console.error("saath:", error);
    pinError(text, wrongPin);
    return;
  } finally {
    button.disabled = false;
  }
  pin.value = "";
  session.on("state", changed);
  session.on("check", showCheck);
  session.on("ended", ({ reason }) => ended(reason));
  stopShowing = showSession(session, agent, say);
  changed(session.state);
}

function changed(state) {
  if (!session) return;
  if (state === "connecting" || state === "pending" || state === "authorizing") {
    const fresh = byId("wait").hidden;
    byId("wait-title").textContent = STATES[state];
    if (fresh) show("wait");
    say(STATES[state]);
  } else if (state === "active") {
    if (byId("live").hidden) {
      show("live");
      // The stage has its size only now.
      window.dispatchEvent(new Event("resize"));
    }
    say("Live. You see the taxpayer's page.");
    document.title = `● Live · ${agent.call || "Saath console"}`;
  } else if (state === "lost") {
    say("Connection lost. Connecting again.");
  }
}

function showCheck(check) {
  byId("check-box").hidden = false;
  byId("check").textContent = check;
  byId("check").setAttribute("aria-label", [...check].join(" "));
  say(`Say to the taxpayer: ${[...check].join(" ")}`);
}

function ended(reason) {
  // First of all the taxpayer's page goes off the screen.
  freshStage();
  const live = !byId("live").hidden;
  stopShowing?.();
  session = stopShowing = undefined;
  byId("check-box").hidden = true;
  byId("check").textContent = "";
  byId("ended-title").textContent = live ? "The session has ended" : "There was no session";
  byId("ended-text").textContent = endedText(reason);
  byId("ended-note").hidden = !live;
  show("ended");
  document.title = "Ended · Saath console";
  if (agent?.waiting) {
    // Another call came in meanwhile.
    agent.waiting = false;
    welcome();
    say(`The last session has ended. ${endedText(reason)}`);
  }
}

/** A new element each time: nothing of one session can be left for the next. */
function freshStage() {
  const stage = byId("stage");
  const fresh = stage.cloneNode(false);
  stage.replaceWith(fresh);
  return fresh;
}

function closed(title, text) {
  if (title) byId("closed-title").textContent = title;
  if (text) byId("closed-text").textContent = text;
  show("closed");
  document.title = "Saath console";
}

function show(view) {
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = section.id !== view;
  }
  document.body.dataset.view = view;
  byId(`${view}-title`).focus({ preventScroll: true });
}

function pinError(text, invalid = Boolean(text)) {
  byId("pin-error").textContent = text;
  pin.setAttribute("aria-invalid", String(invalid));
  if (text) {
    pin.focus();
    if (invalid) pin.select();
  }
}

function say(text) {
  byId("says").textContent = text;
}
