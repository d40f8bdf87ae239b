// The package into an audited page, as text: nothing of it is fetched, so neither the page's policy nor
// its service worker nor the browser's walls between networks have a say. Runs as a WebDriver script,
// and asks little of a page that has changed what scripts stand on.
//
// arguments[0]: `{ files, wasm, given }`: texts by path, the module in base64, and the text of a policy,
// or nothing for what the page says itself.

const [{ files, wasm, given }] = arguments;

const urls = {};
const here = (path, from) => {
  const parts = from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
};
const urlOf = (path) => urls[path] ??= URL.createObjectURL(new Blob([
  files[path].replace(/(\bfrom\s*|\bimport\s*)(["'])(\.[^"']+)\2/g, (_, word, quote, to) => `${word}"${urlOf(here(to, path))}"`),
], { type: "text/javascript" }));

// The rest runs as a script of the page's own, as the loader's would.
const code = `
  const marks = Document.prototype.querySelectorAll.call(document, "script[data-saath-policy]");
  // As the loader has it; one that stands in the page itself is for the package to find.
  const own = async () => {
    for (const mark of marks) if (mark.type === "application/json") return { source: "page", shown: mark.textContent };
    const source = marks[0]?.dataset.saathPolicy;
    if (!source) return { source: "none" };
    try {
      const answer = await fetch(source);
      return answer.ok ? { source, text: await answer.text() } : { source, error: "the server answers " + answer.status };
    } catch (error) {
      return { source, error: String(error) };
    }
  };
  const audit = { frames: [], said: [], heard: performance.now() };
  window.__saathAudit = audit;
  const given = ${JSON.stringify(given ?? null).replace(/</g, "\\u003c")};
  (async () => {
    const text = atob(${JSON.stringify(wasm)});
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
    const saath = await import(${JSON.stringify(urlOf("saath.js"))});
    await saath.default({ module_or_path: bytes });
    audit.policy = given === null ? await own() : { source: "given", text: given };
    // One that is given is in the place of all others.
    if (given !== null) for (const mark of marks) mark.removeAttribute("data-saath-policy");
    // What the package says of the policy it says on the console.
    for (const name of ["error", "warn"]) {
      const say = console[name];
      console[name] = (...words) => {
        let text = "";
        for (const word of words) text += (text && " ") + (word?.message ?? String(word));
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
const script = Document.prototype.createElement.call(document, "script");
script.type = "module";
script.textContent = code;
const root = Object.getOwnPropertyDescriptor(Document.prototype, "documentElement").get.call(document);
Node.prototype.appendChild.call(root, script);
Node.prototype.removeChild.call(root, script);
