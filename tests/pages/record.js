// `record` for whoever brought this script into the page.

const copy = new URL(import.meta.url).searchParams.get("copy") ?? "saath";
const { default: init, record } = await import(`/${copy}/saath.js`);

await init();
dispatchEvent(new CustomEvent("saath", { detail: record }));
