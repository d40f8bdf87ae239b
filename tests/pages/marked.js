// Marks that change while the page is recorded. A button is asked for its form whenever it is read, so
// this page can count.

const root = document.getElementById("c").attachShadow({ mode: "open" });
root.innerHTML = "<div id='d'><p>zeta-0</p><button></button></div>";

const reads = new Map();
const buttons = [...document.querySelectorAll("button"), root.querySelector("button")];
for (const button of buttons) {
  Object.defineProperty(button, "form", { get() {
    reads.set(button, (reads.get(button) ?? 0) + 1);
    return null;
  } });
}

/** How often each button has been read since the last call, by the nearest thing around it with a name. */
window.counted = () => {
  const counts = {};
  for (const [button, count] of reads) {
    const around = button.closest("[id]");
    counts[(button.getRootNode() === root ? "root-" : "") + (around?.id ?? "form")] = count;
  }
  reads.clear();
  return counts;
};
window.inner = root;
