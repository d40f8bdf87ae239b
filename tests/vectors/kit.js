// First on each page of the vectors: the taps that only a page can have, the beacons by which a test
// knows what has arrived, and what is done to every vector that says nothing else.
{
  const MARKS = ["data-saath-mask", "data-saath-block"];
  const later = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

  // What is sealed, before it is, and what is said to the console. Nobody can ask a page that is going:
  // from then on each is sent to the test as it comes.
  let leaving = false;
  const kept = { plains: [], said: [] };
  const keep = (where, what) => {
    if (leaving) navigator.sendBeacon(`/vectors/tap/${where}`, what);
    else kept[where].push(what);
  };
  window.saathTap = (bytes) => keep("plains", bytes.toHex());
  window.saathBroken = new URLSearchParams(location.search).has("broken");
  const written = (value) => {
    try {
      return typeof value === "string" ? value : `${value} ${value?.stack ?? ""} ${JSON.stringify(value)}`;
    } catch {
      return String(value);
    }
  };
  for (const level of ["debug", "log", "info", "warn", "error", "trace", "dir", "table", "assert"]) {
    const say = console[level];
    console[level] = (...words) => {
      keep("said", `${level}: ${words.map(written).join(" ")}`);
      say.apply(console, words);
    };
  }
  addEventListener("error", ({ message, filename, error }) => keep("said", `thrown: ${message} ${filename} ${written(error)}`));
  addEventListener("unhandledrejection", ({ reason }) => keep("said", `rejected: ${written(reason)}`));

  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    leaving = false;
    kit.cameBack = true;
  });

  // Whose scripts have run without an error.
  const working = [];
  const steps = { mutate: new Map(), toggle: new Map() };

  const nodes = function* (root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL);
    for (let node = root; node; node = walker.nextNode()) yield node;
  };
  const isField = (node) => /^(input|textarea|select|output|progress|meter)$/.test(node.localName);

  // All that holds a secret is written again, at another place, by another way.
  const rewrite = (section, holds) => {
    for (const node of [...nodes(section)]) {
      if (node.localName === "script" || node.parentNode?.localName === "script") continue;
      if (node.nodeType !== Node.ELEMENT_NODE) {
        if (holds(node.data ?? "")) node.data = ` ${node.data} `;
        continue;
      }
      for (const { name, value } of node.attributes) {
        // Of a number the browser itself would say what is wrong with it.
        const more = /^[0-9]*$/.test(value) ? "" : " ";
        if (holds(value) && name !== "style" && !name.startsWith("on")) node.setAttribute(name, value + more);
      }
      if (node.localName === "input" && /^(text|search|)$/.test(node.getAttribute("type") ?? "") && holds(node.value)) {
        node.value += "!";
        node.dispatchEvent(new InputEvent("input", { bubbles: true, data: "!" }));
      }
    }
    const first = section.firstElementChild;
    if (first?.localName !== "script" && !first?.dataset.stays) section.append(first);
    const other = section.firstElementChild;
    if (!isField(other) && !/^(script|iframe)$/.test(other.localName) && !other.dataset.stays && !other.localName.includes("-")) {
      const { value } = other;
      const copy = other.cloneNode(true);
      if (value !== undefined && !isField(other)) copy.value = value;
      other.replaceWith(copy);
    }
  };

  // A page that differs has left this end since.
  let turns = 0;
  let turning;
  const turn = () => turning ??= (async () => {
    await 0;
    const before = kept.plains.length;
    document.querySelector("#beacon-turn").textContent = `turn ${++turns}`;
    while (kept.plains.length === before && !leaving) await later();
    await later();
    turning = undefined;
  })();

  // A mark around it comes and goes while the content is written; a mark of its own goes while the
  // content is away, and comes back with it, after it.
  const remark = async (section, holds) => {
    for (const mark of MARKS) {
      section.setAttribute(mark, "");
      rewrite(section, holds);
      await turn();
      section.removeAttribute(mark);
      rewrite(section, holds);
      await turn();
    }
    const marked = [...section.querySelectorAll("[data-saath-mask], [data-saath-block]")]
      .filter((node) => !node.dataset.stays);
    const away = marked.map((node) => {
      const attributes = [...node.attributes].filter(({ name, value }) => name.startsWith("data-saath") || holds(value));
      const children = [...node.childNodes];
      node.replaceChildren("Nothing");
      for (const { name } of attributes) node.removeAttribute(name);
      return { node, attributes, children };
    });
    await turn();
    for (const { node, attributes, children } of away) {
      node.replaceChildren(...children);
      for (const { name, value } of attributes) if (!MARKS.includes(name)) node.setAttribute(name, value);
      for (const { name, value } of attributes) if (MARKS.includes(name)) node.setAttribute(name, value);
    }
    await turn();
    for (const { node } of away) {
      const [from, to] = node.hasAttribute(MARKS[0]) ? MARKS : [...MARKS].reverse();
      node.setAttribute(to, "");
      node.removeAttribute(from);
    }
    await turn();
  };

  // Called by each fixture, with its own script.
  window.vector = (secrets, script) => {
    const section = document.currentScript.closest("section");
    const { number } = secrets;
    const holds = (text) => [secrets.canary, secrets.pan, secrets.aadhaar].some((secret) => text.includes(secret));
    steps.mutate.set(number, () => rewrite(section, holds));
    steps.toggle.set(number, () => remark(section, holds));
    const find = (css) => section.querySelector(css);
    const mutate = (step) => steps.mutate.set(number, step);
    const toggle = (step) => steps.toggle.set(number, step);
    try {
      script?.({ ...secrets, section, find, mutate, toggle, turn, rewrite: () => rewrite(section, holds) });
      working.push(number);
    } catch (error) {
      console.error(`vector ${number}: ${error.stack}`);
    }
  };

  window.kit = {
    working,
    run: async (step) => {
      const failed = [];
      await Promise.all([...steps[step]].map(async ([number, does]) => {
        try {
          await does();
        } catch (error) {
          failed.push(`${number}: ${error} ${error.stack}`);
        }
      }));
      return failed;
    },
    // Says a word by all ways that leave the page at times of their own.
    beacon: (word) => {
      const [text, value, frame] = ["text", "value", "frame"].map((name) => document.querySelector(`#beacon-${name}`));
      text.textContent = word;
      value.value = word;
      frame.contentDocument.body.textContent = word;
      const number = String([...word].reduce((sum, char) => (sum * 31 + char.codePointAt()) % 99991, 7));
      document.querySelector("#beacon-style").sheet.cssRules[0].style.order = number;
      document.adoptedStyleSheets[0].cssRules[0].style.order = number;
      return [word, word, word, number, number];
    },
    // What may be seen: by every tap that is not the replica's.
    control: async ({ said, kept: stored, asked, told }) => {
      console.info(said);
      localStorage.setItem("control", stored);
      const database = await new Promise((done) => {
        const open = indexedDB.open("control");
        open.onupgradeneeded = () => open.result.createObjectStore("entries");
        open.onsuccess = () => done(open.result);
      });
      database.close();
      await fetch(`/nowhere?${asked}`).catch(() => {});
      await new Promise((done) => {
        const socket = new WebSocket(kit.relay);
        socket.onopen = () => socket.send(told);
        socket.onclose = done;
      });
    },
    take: () => {
      const { plains, said } = kept;
      [kept.plains, kept.said] = [[], []];
      return { plains, said };
    },
    leave: () => {
      leaving = true;
    },
  };
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("#beacon-value { order: 1 }");
  document.adoptedStyleSheets = [sheet];
}
