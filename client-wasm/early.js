// Optional, first in <head>: lets a session show what can be seen only from the start.
// Closed shadow roots, the sources of fonts and the properties that scripts register are kept where the
// capture finds them, and WebGL canvases keep their last picture. Nothing else changes for the page, and
// nothing leaves it.
(() => {
  const key = Symbol.for("saath.roots");
  if (key in window) return;
  const roots = new WeakMap(), internals = new WeakMap();
  // A closed root that was written in HTML is known to the element's own internals.
  const get = (element) => roots.get(element) ?? internals.get(element)?.shadowRoot ?? undefined;
  Object.defineProperty(window, key, { value: { get } });

  const fonts = new WeakMap();
  Object.defineProperty(window, Symbol.for("saath.fonts"), { value: fonts });

  // Proxies keep the functions' names, lengths and looks.
  const wrap = (prototype, name, apply) => {
    const original = prototype[name];
    if (original) prototype[name] = new Proxy(original, { apply });
  };
  wrap(Element.prototype, "attachShadow", (attach, element, args) => {
    const root = Reflect.apply(attach, element, args);
    // Our own widgets stay closed: the consent prompt is nobody's business.
    if (root.mode === "closed" && !element.localName.startsWith("saath-")) roots.set(element, root);
    return root;
  });
  wrap(HTMLElement.prototype, "attachInternals", (attach, element, args) => {
    const own = Reflect.apply(attach, element, args);
    if (!element.localName.startsWith("saath-")) internals.set(element, own);
    return own;
  });
  const properties = [];
  Object.defineProperty(window, Symbol.for("saath.properties"), { value: properties });
  wrap(CSS, "registerProperty", (register, css, [definition, ...rest]) => {
    Reflect.apply(register, css, [definition, ...rest]);
    properties.push({ ...definition });
  });
  if (window.FontFace) window.FontFace = new Proxy(FontFace, {
    construct(make, [family, source, ...rest], target) {
      const face = Reflect.construct(make, [family, source, ...rest], target);
      // Bytes are a font's own, and become an address of this page.
      const isText = typeof source === "string";
      fonts.set(face, isText ? source : `url(${URL.createObjectURL(new Blob([source]))})`);
      return face;
    },
  });
  wrap(HTMLCanvasElement.prototype, "getContext", (get, canvas, [type, options, ...rest]) => {
    const picture = /^(webgl2?|experimental-webgl)$/.test(type);
    const kept = picture ? { ...options, preserveDrawingBuffer: true } : options;
    return Reflect.apply(get, canvas, [type, kept, ...rest]);
  });
})();
