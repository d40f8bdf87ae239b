// What stands in a document, element by element, the same for a page and for its replica: what an
// audit compares. Of a page also which rules of the policy an element comes under, as reasons only:
// what an agent sees is told by the replica. Runs as the body of a function.
//
// `root`: the document; `policy`: what to give reasons by and what must not be shown, or nothing in a
// replica; `secrets`: fields that have been passwords; `closed`: closed shadow roots, by their hosts.

const native = (type, name) => {
  const { get, value } = Object.getOwnPropertyDescriptor(type.prototype, name);
  return get ? (node) => get.call(node) : (node, ...rest) => value.apply(node, rest);
};
// By the platform's own accessors: a form's fields hide its properties by their names.
const childNodes = native(Node, "childNodes"), nodeType = native(Node, "nodeType");
const localName = native(Element, "localName"), attributes = native(Element, "attributes");
const attribute = native(Element, "getAttribute"), boxOf = native(Element, "getBoundingClientRect");
const shadowOf = native(Element, "shadowRoot"), textOf = native(Node, "textContent");
const parentOf = native(Node, "parentElement"), matches = native(Element, "matches");
const namespaceOf = native(Element, "namespaceURI"), editable = native(HTMLElement, "isContentEditable");
const html = (node) => namespaceOf(node) === "http://www.w3.org/1999/xhtml";

const ofReplica = !policy;
/** Ours: not part of the page. */
const OWN = new Set(["saath-ui", "saath-help"]);
/** What is in them is read in another way, or not at all. */
const CLOSED = new Set(["script", "noscript", "template", "style", "textarea", "iframe", "frameset", "object", "video", "audio", "canvas"]);
const VALUED = new Set(["input", "textarea", "output", "meter", "progress"]);
/** Text in these is a value. */
const VALUES = "select,datalist,output,[role~=combobox],[role~=searchbox],[role~=spinbutton],[role~=textbox],[aria-haspopup=listbox]";
const LABELLED = "input,textarea,select,button,output,meter,progress,[role],[contenteditable]";
const PICTURES = new Set(["img", "canvas", "video", "audio", "object", "embed", "image"]);

const out = [];
const denied = new Set();
const sizes = new Map(), places = new Map();
const lists = policy ? entriesOf(policy) : {};
const of = (type, name) => native(type, name)(root);
const view = of(Document, "defaultView"), top = of(Document, "documentElement");
/** On larger pages selectors are not made short: each step of that looks at all of it. */
const MANY = 3000;

function entriesOf({ value, href, deny }) {
  const fits = (urls) => urls.some((glob) =>
    new RegExp(`^${glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join("[^]*")}$`).test(href));
  const list = (mark, key) => [{ selector: `[${mark}]`, says: `the mark ${mark}` },
    ...(value?.[key] ?? []).map((view) => (typeof view === "string" ? { selector: view } : view))
      .filter(({ urls }) => !urls || fits(urls))
      .map(({ selector, urls, says }) => ({ selector, says: says ?? `${key}: ${selector}${urls ? ` on ${urls.join(", ")}` : ""}` }))];
  return { mask: list("data-saath-mask", "redactedViews"), block: list("data-saath-block", "ignoredViews"),
    show: list("data-saath-show", "unredactedViews"), noAct: list("data-saath-no-act", "disabledViews"),
    confirm: list("data-saath-confirm", "confirmedViews"), deny: deny.map((selector) => ({ selector, says: selector })) };
}

/** All elements of a document or shadow tree that match. */
function all(root, selector) {
  return native(nodeType(root) === 9 ? Document : DocumentFragment, "querySelectorAll")(root, selector);
}

/** For each list which elements of a document or shadow tree its entries name. */
function named(root) {
  return Object.entries(lists).map(([list, entries]) => {
    const found = new Map();
    for (const { selector, says } of entries) {
      for (const node of all(root, selector)) {
        if (!found.has(node)) found.set(node, says);
        if (list === "deny") denied.add(selector);
      }
    }
    return [list, found];
  });
}

/** Why no policy shows it; see SECURITY.md. */
function never(node, tag) {
  if (!html(node) || !["input", "textarea", "select"].includes(tag)) return undefined;
  if (tag === "input") {
    if (node.type === "password") secrets.add(node);
    if (["password", "hidden", "file"].includes(node.type)) return `type ${node.type}`;
    if (secrets.has(node)) return "it was a password field";
  }
  const completes = (attribute(node, "autocomplete") ?? "").toLowerCase().split(/\s+/)
    .find((word) => ["one-time-code", "cc-csc", "current-password", "new-password"].includes(word));
  if (completes) return `autocomplete ${completes}`;
  const name = ["name", "id"].find((name) => namesASecret(attribute(node, name) ?? ""));
  return name && `its ${name} is that of a secret`;
}

function namesASecret(name) {
  const words = name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
  const joined = words.replace(/[-_ ]/g, "");
  return /password|passwd|passphrase|captcha|csrf|onetime/.test(joined) || /^otp|otp$/.test(joined) ||
    words.split(/[^a-z]/).some((word) => ["otp", "evc", "cvv", "cvc", "csc", "tpin", "mpin", "upin", "pwd"].includes(word));
}

/** Which it is of its kind among its neighbours, if there are more. */
function nth(node, parent) {
  if (!places.has(parent)) {
    const kinds = new Map();
    for (const child of childNodes(parent)) {
      if (nodeType(child) !== 1) continue;
      const kind = localName(child);
      if (!kinds.has(kind)) kinds.set(kind, []);
      kinds.get(kind).push(child);
    }
    const found = new Map();
    for (const alike of kinds.values()) {
      alike.forEach((child, place) => found.set(child, alike.length > 1 ? `:nth-of-type(${place + 1})` : ""));
    }
    places.set(parent, found);
  }
  return places.get(parent).get(node) ?? "";
}

/** Short, and the same tomorrow: by names that a person has given, none that holds a number. */
function selectorOf(node, root) {
  const given = (text) => text && text.length <= 40 && /^[A-Za-z_][\w-]*$/.test(text) && !/\d{4}/.test(text);
  const only = (selector) => all(root, selector).length === 1;
  const isLarge = (sizes.get(root) ?? sizes.set(root, all(root, "*").length).get(root)) > MANY;
  const steps = [];
  for (let at = node; at; at = parentOf(at)) {
    const tag = CSS.escape(localName(at));
    const id = attribute(at, "id"), name = attribute(at, "name");
    const own = [given(id) && `#${id}`, given(name) && !isLarge && `${tag}[name=${name}]`]
      .find((selector) => selector && only(selector));
    if (own) {
      steps.unshift(own);
      break;
    }
    steps.unshift(tag + nth(at, parentOf(at) ?? root));
    if (tag === "body" || tag === "html") break;
  }
  if (isLarge) return steps.join(" > ");
  // Of what stands between two names as little as tells it.
  while (steps.length > 2 && only([steps[0], ...steps.slice(2)].join(" "))) steps.splice(1, 1);
  if (steps.length > 1 && only(steps.at(-1))) return steps.at(-1);
  const joined = steps.join(" > ");
  return only(joined) ? joined : steps.join(" ");
}

function labelOf(node, tag, root) {
  const words = (element) => (textOf(element) ?? "").replace(/\s+/g, " ").trim();
  const by = attribute(node, "aria-labelledby")?.split(/\s+/).map((id) => root.getElementById?.(id)).filter(Boolean);
  if (by?.length) return by.map(words).join(" ");
  const said = attribute(node, "aria-label");
  if (said) return said;
  const label = html(node) && node.labels?.[0];
  if (label) {
    // Not what the control in it holds.
    const walk = (at) => Array.from(childNodes(at), (child) =>
      (nodeType(child) === 3 ? child.data : nodeType(child) === 1 && !matches(child, "select,textarea,output,button,[contenteditable]") ? walk(child) : "")).join("");
    return walk(label).replace(/\s+/g, " ").trim();
  }
  if (tag === "button") return words(node);
  return tag === "input" && ["submit", "button", "reset"].includes(node.type) ? node.value : attribute(node, "alt") ?? "";
}

/** Whether an element shows a picture now. */
function pictured(node, tag) {
  if (ofReplica) {
    const parts = [node, shadowOf(node)?.firstElementChild].filter(Boolean);
    return parts.some((part) => ["src", "srcset", "href", "poster", "style"].some((name) => /blob:/.test(attribute(part, name) ?? "")));
  }
  return tag !== "img" || node.naturalWidth > 0;
}

/** An element and all below it. `at` is where it stands in the tree, by places among elements; `zone`
 *  which rules it comes under; `origin` where its document lies on the outermost. */
function walk(node, at, zone, origin, root, rules, steps) {
  const tag = localName(node);
  const own = {};
  for (const [list, found] of rules) if (found.has(node)) own[list] = found.get(node);
  zone = { ...zone, ...own };
  const box = boxOf(node);
  const isInput = html(node) && tag === "input";
  const entry = { at, tag, box: box.width || box.height ? [box.x + origin[0], box.y + origin[1], box.width, box.height].map(Math.round) : null };
  const given = {};
  for (const { name, value } of attributes(node)) given[name] = value;
  entry.attributes = given;
  const texts = [];
  if (!CLOSED.has(tag)) {
    for (const child of childNodes(node)) {
      if (nodeType(child) !== 3 && nodeType(child) !== 4) texts.push("");
      else texts.push((texts.pop() ?? "") + child.data);
    }
  }
  entry.texts = texts.filter((text) => text.trim());
  if (html(node) && VALUED.has(tag)) entry.value = String(node.value ?? "");
  if (isInput) {
    entry.type = node.type;
    if (node.type === "checkbox" || node.type === "radio") entry.checked = node.checked;
  }
  if (tag === "select") entry.chosen = Array.from(node.selectedOptions, (option) => option.index);
  const isEdited = (at) => Boolean(at && html(at) && editable(at));
  if (isEdited(node) && !isEdited(parentOf(node))) entry.edited = true;
  if (entry.edited || matches(node, VALUES)) zone.value = "a value";
  if (PICTURES.has(tag.replace(/^saath-/, "")) || isInput && node.type === "image") entry.picture = pictured(node, tag);
  if (matches(node, LABELLED) || entry.picture !== undefined) entry.label = labelOf(node, tag, root);
  if (!ofReplica) {
    entry.selector = [...steps, selectorOf(node, root)].join(" >>> ");
    entry.never = never(node, tag);
    entry.zone = zone;
    entry.own = Object.keys(own);
    entry.submits = (tag === "button" || tag === "input") && ["submit", "image"].includes(node.type) && Boolean(node.form);
  }
  out.push(entry);
  // What is in a frame that is not even read is nobody's field.
  if (tag === "iframe" && attribute(node, "data-saath-withheld") === null && !zone.block) {
    let inner = null;
    try {
      inner = node.contentDocument?.documentElement ? node.contentDocument : null;
    } catch {
      // Of another origin.
    }
    entry.frame = inner ? "read" : "foreign";
    if (inner) {
      const corner = [origin[0] + box.x + node.clientLeft, origin[1] + box.y + node.clientTop];
      const inside = policy ? named(inner) : [];
      walk(inner.documentElement, `${at}/0`, zone, corner, inner, inside, [...steps, entry.selector?.split(" >>> ").at(-1)]);
    }
  }
  if (tag === "iframe" || CLOSED.has(tag)) return;
  const shadow = shadowOf(node) ?? closed?.get(node);
  // A player in a replica has its buttons in one.
  if (shadow && !(ofReplica && tag.startsWith("saath-"))) {
    children(shadow, `${at}#`, zone, origin, shadow, policy ? named(shadow) : [], [...steps, entry.selector?.split(" >>> ").at(-1)]);
  }
  children(node, `${at}.`, zone, origin, root, rules, steps);
}

function children(parent, at, zone, origin, root, rules, steps) {
  let place = 0;
  for (const child of childNodes(parent)) {
    if (nodeType(child) !== 1 || !ofReplica && OWN.has(localName(child))) continue;
    walk(child, `${at}${place++}`, zone, origin, root, rules, steps);
  }
}

const shown = lists.show?.some(({ selector }) => selector.trim() === "*") ? { show: "unredactedViews: *" } : {};
walk(top, "0", shown, [view.scrollX, view.scrollY], root, policy ? named(root) : [], []);
return JSON.stringify({ nodes: out, denied: [...denied], width: view.innerWidth, height: Math.max(view.innerHeight, top.scrollHeight) });
