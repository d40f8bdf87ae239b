// The package into an audited page, as text: nothing of it is fetched, so neither the page's policy nor
// its service worker nor the browser's walls between networks have a say. Runs as a WebDriver script.
//
// arguments[0]: `{ files, wasm, policy }`, texts by path, the module in base64, and what to mask by:
// `{ given }`, or nothing, for what the page says itself.

const [{ files, wasm, given }, done] = arguments;

const urls = new Map();
const here = (path, from) => {
  const parts = from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
};
const urlOf = (path) => {
  if (!urls.has(path)) {
    const text = files[path].replace(/(\bfrom\s*|\bimport\s*)(["'])(\.[^"']+)\2/g,
      (_, word, quote, to) => `${word}"${urlOf(here(to, path))}"`);
    urls.set(path, URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  }
  return urls.get(path);
};

// The rest runs as a script of the page's own, as the loader's would.
const script = document.createElement("script");
script.type = "module";
script.textContent = `
  const own = async () => {
    const mark = document.querySelector("[data-saath-policy]");
    if (!mark) return { source: "none" };
    if (mark.type === "application/json") return { source: "page", text: mark.textContent };
    const url = mark.dataset.saathPolicy;
    const answer = await fetch(url);
    return answer.ok ? { source: url, text: await answer.text() } : { source: url, error: "answers " + answer.status };
  };
  const audit = { frames: [], said: [], secrets: new WeakSet(), heard: performance.now() };
  window.__saathAudit = audit;
  const given = ${JSON.stringify(given ?? null).replace(/</g, "\\u003c")};
  (async () => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(wasm)}), (char) => char.charCodeAt(0));
    const saath = await import(${JSON.stringify(urlOf("saath.js"))});
    await saath.default({ module_or_path: bytes });
    audit.policy = given ?? await own().catch((error) => ({ source: "page", error: String(error) }));
    if (audit.policy.text !== undefined) {
      try {
        audit.policy.value = JSON.parse(audit.policy.text);
      } catch (error) {
        audit.policy.error = String(error.message);
      }
    }
    // What the package says of the policy it says on the console.
    for (const name of ["error", "warn"]) {
      const say = console[name];
      console[name] = (...words) => {
        const text = words.map((word) => word?.message ?? String(word)).join(" ");
        if (text.startsWith("saath:")) audit.said.push(text);
        say.apply(console, words);
      };
    }
    audit.recorder = saath.record({ policy: audit.policy.value, emit(frame) {
      audit.frames.push(frame);
      audit.heard = performance.now();
    } });
    audit.recorder.flush();
  })().then(() => { audit.state = "ready"; }, (error) => { audit.state = "failed"; audit.error = error.name + ": " + error.message; });
`;
delete window.__saathAudit;
script.onerror = () => done({ error: "the page's content security policy lets no script in" });
(document.head ?? document.documentElement).append(script);
script.remove();
const start = performance.now();
const look = () => {
  const audit = window.__saathAudit;
  if (audit?.state) return done({ error: audit.error ?? null, policy: { source: audit.policy?.source, error: audit.policy?.error, value: audit.policy?.value }, said: [...audit.said] });
  if (!audit && performance.now() - start > 3000) return done({ error: "the page's content security policy lets no script in" });
  if (performance.now() - start > 20000) return done({ error: "the package does not start within 20 seconds" });
  setTimeout(look, 20);
};
look();
