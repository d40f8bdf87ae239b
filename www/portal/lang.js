// Sets the page's language before the first paint, so that a reader of Hindi never sees English flash by.
// A classic script on purpose: it blocks parsing for these few lines, a module would come too late.
(() => {
  const root = document.documentElement;
  let language = "en";
  try {
    if (localStorage.getItem("karpath.language") === "hi") language = "hi";
  } catch {
    // Storage can be forbidden: the page is then in English each time.
  }
  root.lang = language;
  if (language === "en") return;
  root.classList.add("untranslated");
  // Should the words never arrive, English is better than nothing.
  setTimeout(() => root.classList.remove("untranslated"), 2500);
})();
