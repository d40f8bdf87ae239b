// The officer's desk: a call pops in, is taken, and Co-browse opens the console with a token minted for this officer.

const CONSOLE = "{{console}}";
const CALLER = "Asha Verma";
const RING_AFTER_MS = 900;

const byId = (id) => document.getElementById(id);
const agentSelect = byId("agent");
let callStarted = 0;
let ticking;

await showAgents();
// Without officers there is nobody to take a call.
if (agentSelect.options.length) setTimeout(ring, RING_AFTER_MS);

byId("accept").addEventListener("click", accept);
byId("decline").addEventListener("click", () => endCall("Call passed on", "The next free officer takes it."));
byId("end").addEventListener("click", () => endCall("Call ended", "Your notes are kept with the ticket."));
byId("next-call").addEventListener("click", ring);
byId("cobrowse").addEventListener("click", cobrowse);
for (const button of document.querySelectorAll(".toggle")) {
  button.addEventListener("click", () => {
    button.classList.toggle("on");
    button.setAttribute("aria-pressed", String(button.classList.contains("on")));
  });
}

async function showAgents() {
  const response = await fetch("/agents.json").catch(() => null);
  if (!response?.ok) {
    setState("The list of officers cannot be loaded: reload the page", true);
    return;
  }
  const agents = await response.json();
  agentSelect.replaceChildren(...agents.map(({ id, name, sub, unit }) => new Option(`${name} · ${sub} · ${unit}`, id)));
}

function ring() {
  show("ring");
  setState("Ringing", true);
  byId("queue-call").hidden = false;
  byId("queue-state").textContent = "Ringing";
  document.title = `Call: ${CALLER}`;
  byId("ring-title").focus();
}

function accept() {
  show("call");
  setState("On a call", true);
  byId("queue-state").textContent = "On the line";
  document.title = `${CALLER} · Sahayak CRM`;
  agentSelect.disabled = true;
  say("", "");
  callStarted = Date.now();
  tick();
  ticking = setInterval(tick, 1000);
  byId("caller-name").focus();
}

function endCall(title, text) {
  clearInterval(ticking);
  show("idle");
  setState("Ready for calls", false);
  byId("queue-call").hidden = true;
  byId("idle-title").textContent = title;
  byId("idle-text").textContent = text;
  byId("next-call").hidden = false;
  byId("next-call").focus();
  agentSelect.disabled = false;
  document.title = "Sahayak CRM";
}

/** Asks for a token and hands it to the console in the fragment, which no server sees. */
async function cobrowse() {
  const button = byId("cobrowse");
  button.disabled = true;
  say("", "");
  try {
    const token = await mintToken(agentSelect.value);
    const url = `${CONSOLE}/#token=${encodeURIComponent(token)}&call=${encodeURIComponent(CALLER)}`;
    if (window.open(url, "saath-console")) say("", "The console is open in its own tab.");
    else offerLink(url);
  } catch (error) {
    say(error.message, "");
  } finally {
    button.disabled = false;
  }
}

async function mintToken(agent) {
  let response;
  try {
    response = await fetch("/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ agent }),
    });
  } catch {
    throw new Error("The sign-in service cannot be reached. Check your connection and press Co-browse again.");
  }
  if (response.status === 401 || response.status === 403) throw new Error("You are not allowed to co-browse. Ask your supervisor for the right.");
  if (!response.ok) throw new Error(`The sign-in service refused (${response.status}). Press Co-browse again, or tell the service desk.`);
  const { token } = await response.json().catch(() => ({}));
  if (typeof token !== "string") throw new Error("The sign-in service gave no token. Tell the service desk.");
  return token;
}

/** The browser blocked the new tab: a link that the officer presses is always allowed. */
function offerLink(url) {
  const link = document.createElement("a");
  link.href = url;
  link.target = "saath-console";
  link.textContent = "Open the console";
  link.addEventListener("click", () => say("", "The console is open in its own tab."), { once: true });
  byId("opened").replaceChildren("Your browser held the new tab back. ", link);
}

function say(problem, opened) {
  byId("problem").textContent = problem;
  byId("opened").textContent = opened;
}

function show(part) {
  for (const id of ["idle", "ring", "call"]) byId(id).hidden = id !== part;
}

function setState(text, busy) {
  byId("state").textContent = text;
  byId("state").classList.toggle("busy", busy);
}

function tick() {
  const seconds = Math.floor((Date.now() - callStarted) / 1000);
  byId("timer").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
