// A policy in each of its forms, given to each of the functions that take one: what the console says,
// and what a replica shows then.

import init, { Replica, frame, record, share } from "/saath/saath.js";

// Ours is not part of the page.
const place = document.querySelector("saath-ui");

const USES = {
  record(policy) {
    const replica = new Replica(place);
    const recorder = record({ policy, emit: (frame) => replica.apply(frame) });
    recorder.flush();
    const text = replica.document.body.textContent.replace(/\s+/g, " ").trim();
    recorder.stop();
    replica.free();
    return text;
  },
  share: (policy) => share({ relay: "ws://localhost:1/ws", agents: { jwks: { keys: [] } }, ui: "none", policy }).stop(),
  frame: (policy) => frame({ parents: [location.origin], policy }).stop(),
};

/** `policies`: each JSON text is put in its form: `object`, `text` or `page`. */
function attempt(use, policies) {
  let option;
  const scripts = [];
  for (const [form, json] of policies) {
    if (form === "page") {
      const script = Object.assign(document.createElement("script"), { type: "application/json", textContent: json });
      script.setAttribute("data-saath-policy", "");
      scripts.push(document.head.appendChild(script));
    } else {
      option = form === "text" ? json : made(json);
    }
  }
  const said = [];
  const { error, warn } = console;
  console.error = console.warn = (...words) => said.push(words.join(" "));
  try {
    const shown = USES[use](option);
    return { shown, said: said.join("\n") };
  } finally {
    Object.assign(console, { error, warn });
    for (const script of scripts) script.remove();
  }
}

/** What a script may hold, besides what JSON has. */
function made(json) {
  const object = JSON.parse(json, (_, value) => (value === "undefined" ? [undefined] : value === "function" ? () => 0 : value));
  if (object?.redactedViews === "itself") object.redactedViews = [object];
  // What has no members that count, and is easily given by mistake.
  const others = { promise: () => Promise.resolve(object), map: () => new Map(Object.entries(object)), response: () => new Response(json) };
  return others[object?.mode]?.() ?? object;
}

await init();
window.attempt = attempt;
