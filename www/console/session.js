// A running session: tools, status, watermark, refusals. Everything it starts, it stops.

import { LEVELS, levelChangeText, refusalText, STATES, waitingText } from "./words.js";

const byId = (id) => document.getElementById(id);
const toolButtons = [...document.querySelectorAll("[data-tool]")];
const TOAST_MS = 5000;
const KEYS = { KeyV: "none", KeyP: "pointer", KeyH: "highlight", KeyA: "act" };

/** Wires the live view to a session; returns what takes the wires off. */
export function showSession(session, agent, say) {
  const wires = new AbortController();
  const { signal } = wires;
  const press = (id, action) => byId(id).addEventListener("click", action, { signal });
  let level = session.level;
  let tool = "none";
  let asking = false;
  let repaired = 0;
  let since;

  reset();
  watermark(agent);

  for (const button of toolButtons) {
    button.addEventListener("click", () => choose(button.dataset.tool), { signal });
  }
  press("clear", () => session.clear());
  press("zoom", zoom);
  press("stop", () => session.stop());
  press("release", () => session.releaseControl());
  byId("label").addEventListener("input", () => session.label(byId("label").value.trim()), { signal });
  // Before the stage gets the key: the shortcuts work while acting, too.
  window.addEventListener("keydown", shortcut, { signal, capture: true });

  session.on("state", (state) => {
    byId("state").textContent = STATES[state] ?? state;
    byId("state").dataset.state = state;
    byId("lost").hidden = state !== "lost";
    byId("view").classList.toggle("stale", state === "lost");
    if (state === "active") since ??= Date.now();
  });
  session.on("level", (change) => {
    const text = levelChangeText(change.why, level);
    level = change.level;
    asking = false;
    if (text) {
      byId("toasts").replaceChildren();
      toast(text);
    }
    if (level === "act" && change.why === "allowed") choose("act");
    else if (level !== "act" && tool === "act") choose("pointer");
    showLevel();
  });
  session.on("view", (view) => {
    byId("page-title").textContent = view.title;
    byId("page-url").textContent = view.url;
    byId("page-url").title = view.url;
    byId("size").textContent = `${view.width} × ${view.height}`;
    const away = byId("away").hidden && view.hidden;
    byId("away").hidden = !view.hidden;
    if (away) say("The taxpayer is on another tab.");
  });
  session.on("waiting", ({ kind }) => {
    byId("waiting").hidden = !kind;
    byId("waiting").textContent = waitingText(kind);
  });
  session.on("action", ({ outcome }) => {
    const refusal = refusalText(outcome);
    if (refusal) toast(refusal);
  });
  session.on("repaired", ({ count }) => {
    repaired = Math.max(repaired + 1, count ?? 0);
    byId("repaired").hidden = false;
    byId("repaired").textContent = `repaired ${repaired}×`;
  });
  session.on("missing", ({ count }) => {
    byId("missing").hidden = !count;
    byId("missing").textContent = count === 1 ? "1 picture missing" : `${count} pictures missing`;
  });
  session.on("latency", ({ ms }) => {
    byId("latency").textContent = `${Math.round(ms)} ms`;
  });

  const clock = setInterval(() => {
    const seconds = since ? Math.floor((Date.now() - since) / 1000) : 0;
    byId("lasted").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds % 60 === 0) watermark(agent);
  }, 1000);

  return () => {
    wires.abort();
    clearInterval(clock);
    reset();
  };

  function reset() {
    for (const id of ["page-title", "page-url", "size", "latency", "repaired", "missing", "level"]) {
      byId(id).textContent = "";
    }
    byId("page-url").removeAttribute("title");
    byId("lasted").textContent = "0:00";
    byId("label").value = "";
    for (const id of ["away", "waiting", "lost", "release", "repaired", "missing", "label-box"]) byId(id).hidden = true;
    byId("view").classList.remove("stale", "actual");
    byId("zoom").setAttribute("aria-pressed", "false");
    byId("toasts").replaceChildren();
    byId("act-text").textContent = "Act";
    byId("view").dataset.tool = "none";
    for (const button of toolButtons) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === "none"));
      button.removeAttribute("aria-busy");
    }
  }

  function choose(next) {
    if (next === "act" && level !== "act") {
      if (!asking) {
        asking = true;
        session.requestControl("act");
        toast("Asked the taxpayer. Wait for the answer.");
        showLevel();
      }
      return;
    }
    if (next !== "none" && next !== "act" && level === "view") {
      toast("The taxpayer has allowed looking only.");
      return;
    }
    tool = next;
    session.tool(tool);
    byId("view").dataset.tool = tool;
    for (const button of toolButtons) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    byId("label-box").hidden = tool !== "highlight";
    if (tool === "highlight") byId("label").focus();
  }

  function showLevel() {
    byId("level").textContent = LEVELS[level] ?? "";
    byId("level").dataset.level = level ?? "";
    byId("release").hidden = level !== "act";
    byId("act-text").textContent = asking ? "Asking…" : "Act";
    const act = toolButtons.find((button) => button.dataset.tool === "act");
    act.toggleAttribute("aria-busy", asking);
  }

  function zoom() {
    const actual = byId("view").classList.toggle("actual");
    byId("zoom").setAttribute("aria-pressed", String(actual));
    session.zoom(actual ? "actual" : "fit");
  }

  function shortcut(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (byId("live").hidden) return;
    const action = event.shiftKey
      ? event.code === "KeyS" && (() => session.stop())
      : (KEYS[event.code] && (() => choose(KEYS[event.code]))) ||
        (event.code === "KeyC" && (() => session.clear())) ||
        (event.code === "KeyZ" && zoom);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }
}

function toast(text) {
  const box = byId("toasts");
  // The same refusal again shows that it is still refused, not a second time.
  if (box.lastElementChild?.textContent === text) box.lastElementChild.remove();
  const note = document.createElement("p");
  note.textContent = text;
  box.append(note);
  while (box.childElementCount > 3) box.firstElementChild.remove();
  setTimeout(() => note.remove(), TOAST_MS);
}

/** The agent's name and the time over the whole page: a photograph of the screen says whose it is. */
function watermark({ name, staff }) {
  const now = new Date().toLocaleString("en-IN", { dateStyle: "medium", timeStyle: "short" });
  const text = [name, staff, now].filter(Boolean).join(" · ");
  const mark = byId("watermark");
  mark.dataset.text = text;
  const safe = text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
  const line = (y, fill) =>
    `<text x="12" y="${y}" fill="${fill}" font-family="system-ui,sans-serif" font-size="15">${safe}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="420" height="210"><g transform="rotate(-18 210 105)">${line(121, "#fff")}${line(120, "#000")}</g></svg>`;
  mark.style.backgroundImage = `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}
