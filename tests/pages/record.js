// `record` for whoever brought this script into the page. As the loader does it, and not as a module:
// not every engine runs modules in a page that is XML.

{
  const copy = new URL(document.currentScript.src).searchParams.get("copy") ?? "saath";
  import(`/${copy}/saath.js`).then(async ({ default: init, record }) => {
    await init();
    dispatchEvent(new CustomEvent("saath", { detail: record }));
  });
}
