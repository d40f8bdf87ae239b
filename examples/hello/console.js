// The agent's end: the token comes in the fragment, which no server sees, and leaves it at once.
import init, { join } from "/saath/saath.js";

const byId = (id) => document.getElementById(id);
const say = (text) => { byId("says").textContent = text; };

const token = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname);
if (!token) say("Open the link that the server printed: it has the token.");
await init();

let session;
byId("start").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    session = await join({ relay: "ws://localhost:4500/ws", pin: byId("pin").value, token, stage: byId("stage") });
  } catch (error) {
    return say(`${error.name}: ${error.message}`);
  }
  session.on("state", say);
  session.on("check", (check) => say(`Say this number to the customer: ${check}`));
  session.on("level", ({ level, why }) => {
    session.tool(level === "act" ? "act" : "pointer");
    say(`${why}: ${level}`);
  });
  session.on("ended", ({ reason }) => say(`ended: ${reason}`));
});
byId("point").addEventListener("click", () => session?.tool("pointer"));
byId("act").addEventListener("click", () => session?.requestControl("act", "to show you how"));
byId("stop").addEventListener("click", () => session?.stop());
