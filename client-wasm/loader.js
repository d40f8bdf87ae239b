// A button; the rest is loaded when it is pressed, or when a session goes on.
const { documentElement: html } = document;
const { saathRelay: relay, saathPolicy, saathJwks: jwks, saathFrames: frames } =
  document.querySelector("script[data-saath-relay]").dataset;
const able = window.WebAssembly && window.WebSocket && window.crypto?.subtle &&
  "adoptedStyleSheets" in document;

const texts = {
  en: ["Co-browse", "Loading…", "Could not load. Try again",
    "Your browser is too old for screen help. Please update it, or use another one."],
  hi: ["को-ब्राउज़", "लोड हो रहा है…", "लोड नहीं हुआ। फिर कोशिश करें",
    "स्क्रीन सहायता के लिए यह ब्राउज़र पुराना है। इसे अपडेट करें, या दूसरा ब्राउज़र लें।"],
};

const host = document.querySelector("saath-help") ??
  html.appendChild(document.createElement("saath-help"));
const button = host.attachShadow({ mode: "closed" }).appendChild(document.createElement("button"));
button.ariaLive = "polite";
button.style.cssText = "position:fixed;z-index:9999999;right:16px;bottom:16px;max-width:300px;min-height:48px;padding:10px 20px;border:2px solid #fff;border-radius:24px;background:#0b4f9e;color:#fff;font:600 16px/1.4 system-ui;box-shadow:0 2px 9px #0006;cursor:pointer";

let said, busy, failed = "";
const say = (index) => {
  said = index;
  button.textContent = (texts[html.lang.slice(0, 2)] ?? texts.en)[index];
};
const show = (display) => (button.style.display = display);
say(0);
new MutationObserver(() => say(said)).observe(html, { attributeFilter: ["lang"] });

const run = async (name) => {
  if (busy) return;
  if (!able) return say(3);
  busy = true;
  say(1);
  try {
    // Browsers may remember a failure by name.
    const url = "./saath.js" + failed;
    failed += "?";
    const saath = await import(url);
    failed = url.slice(10);
    await saath.default();
    // As it is written, so that a mistake has a line; the body of an error is none, and masks all.
    const policy = saathPolicy && await fetch(saathPolicy)
      .then((answer) => answer.ok && answer.text())
      .catch((error) => !!console.error("saath:", error));
    const help = (frames) => saath[name]({ relay, policy, agents: { jwks }, frames });
    let session;
    try {
      session = help(frames?.match(/\S+/g) ?? []);
    } catch (error) {
      // Help goes on without the frames if they are not named well.
      console.error("saath:", error);
      session = help([]);
    }
    session?.on("ended", () => show((busy = "")));
    show((busy = session ? "none" : ""));
    say(0);
  } catch (error) {
    console.error("saath:", error);
    show((busy = ""));
    say(2);
  }
};

// Only a person starts a session.
const start = (event) => event.isTrusted && run("share");
button.onclick = start;
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-saath-start]")) start(event);
});
if (able && sessionStorage.cb1) {
  show("none");
  run("resume");
}
