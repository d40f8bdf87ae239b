// The package into an audited page, as text: nothing of it is fetched, so neither the page's policy nor
// its service worker nor the browser's walls between networks have a say. Runs as a WebDriver script.
//
// arguments[0]: `{ files, wasm, given }`: texts by path, the module in base64, and the text of a policy,
// or nothing for what the page says itself.

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
  // As the loader has it; one that stands in the page itself is for the package to find.
  const marks = [...document.querySelectorAll("script[data-saath-policy]")];
  const own = async () => {
    if (marks.some(({ type }) => type === "application/json")) {
      return { source: "page", shown: marks.find(({ type }) => type === "application/json").textContent };
    }
    const url = marks[0]?.dataset.saathPolicy;
    if (!url) return { source: "none" };
    const answer = await fetch(url);
    return answer.ok ? { source: url, text: await answer.text() } : { source: url, error: "the server answers " + answer.status };
  };
  const audit = { frames: [], said: [], secrets: new WeakSet(), heard: performance.now() };
  window.__saathAudit = audit;
  const given = ${JSON.stringify(given ?? null).replace(/</g, "\\u003c")};
  (async () => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(wasm)}), (char) => char.charCodeAt(0));
    const saath = await import(${JSON.stringify(urlOf("saath.js"))});
    await saath.default({ module_or_path: bytes });
    audit.policy = given === null ? await own().catch((error) => ({ source: marks[0].dataset.saathPolicy, error: String(error) }))
      : { source: "given", text: given };
    // One that is given is in the place of all others.
    if (given !== null) for (const mark of marks) mark.removeAttribute("data-saath-policy");
    try {
      audit.policy.value = JSON.parse(audit.policy.text ?? audit.policy.shown);
    } catch {
      // Then the package says so, and where.
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
    audit.recorder = saath.record({ policy: audit.policy.text, emit(frame) {
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
