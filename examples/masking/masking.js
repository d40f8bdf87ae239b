// Records this page, and replays it beside itself: no relay, and the same masking as in a session.
import init, { record, Replica } from "/saath/saath.js";

drawSignature(document.getElementById("signature"));
drawChart(document.getElementById("chart"));
for (const form of document.forms) form.addEventListener("submit", (event) => event.preventDefault());

const answer = await fetch(document.querySelector("[data-saath-policy]").dataset.saathPolicy);
const policy = await answer.json();
await init();

// As large as the page, and cut off by what it lies in: the form's half is what is seen of it.
const stage = document.getElementById("stage");
let recorder, replica;
function begin(mode) {
  recorder?.stop();
  replica?.free();
  const shown = new Replica(stage);
  replica = shown;
  // Without a policy everything is masked, and the console says so.
  const chosen = { values: policy, strict: { ...policy, mode: "strict" } }[mode];
  recorder = record({ policy: chosen, emit: (frame) => shown.apply(frame) });
}

const modes = document.querySelectorAll("[data-mode]");
for (const button of modes) {
  button.addEventListener("click", () => {
    for (const other of modes) other.ariaPressed = String(other === button);
    begin(button.dataset.mode);
  });
}
begin("values");

function drawSignature(canvas) {
  const ink = canvas.getContext("2d");
  ink.lineWidth = 3;
  ink.strokeStyle = "#1f2a5a";
  ink.moveTo(20, 70);
  ink.bezierCurveTo(60, -10, 70, 130, 110, 50);
  ink.bezierCurveTo(130, 10, 140, 110, 200, 45);
  ink.stroke();
}

function drawChart(canvas) {
  const ink = canvas.getContext("2d");
  [28, 40, 33, 52, 64].forEach((height, year) => {
    ink.fillStyle = year === 4 ? "#b45309" : "#94a3b8";
    ink.fillRect(8 + year * 42, 70 - height, 30, height);
  });
}
