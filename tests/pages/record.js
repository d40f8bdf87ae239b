// `record` for whoever brought this script into the page.

import init, { record } from "/saath/saath.js";

await init();
dispatchEvent(new CustomEvent("saath", { detail: record }));
