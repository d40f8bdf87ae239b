// Change of password, and confirming the mobile by a one-time password.

import { toast } from "../portal.js";
import { inEveryLanguage, t } from "../i18n.js";

const byId = (id) => document.getElementById(id);
const RULES = {
  length: (password) => password.length >= 12,
  case: (password) => /\p{Lu}/u.test(password) && /\p{Ll}/u.test(password),
  digit: (password) => /\d/.test(password) && /[^\p{L}\d\s]/u.test(password),
};

const reveals = [...document.querySelectorAll(".reveal")];
for (const button of reveals) {
  button.addEventListener("click", () => {
    const input = byId(button.getAttribute("aria-controls"));
    input.type = input.type === "password" ? "text" : "password";
    nameReveal(button);
  });
}
inEveryLanguage(() => reveals.forEach(nameReveal));

byId("new-password").addEventListener("input", ({ target }) => {
  for (const rule of document.querySelectorAll("[data-rule]")) {
    rule.classList.toggle("met", RULES[rule.dataset.rule](target.value));
  }
});

byId("password-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const [current, next, repeat] = ["current-password", "new-password", "repeat-password"].map(byId);
  const problem = !current.value ? [current, "Enter your present password."]
    : !Object.values(RULES).every((fits) => fits(next.value)) ? [next, "The new password does not keep all the rules."]
    : next.value !== repeat.value ? [repeat, "The two new passwords differ."]
    : null;
  say(byId("password-error"), problem?.[1]);
  if (problem) {
    problem[0].focus();
    return;
  }
  event.target.reset();
  for (const rule of document.querySelectorAll("[data-rule]")) rule.classList.remove("met");
  toast(t("Password changed"));
});

byId("send-otp").addEventListener("click", () => {
  byId("otp").disabled = false;
  byId("check-otp").disabled = false;
  byId("otp").focus();
  toast(t("One-time password sent"));
});

byId("otp-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const fits = /^\d{6}$/.test(byId("otp").value);
  say(byId("otp-error"), fits ? undefined : "Enter all 6 digits.");
  if (!fits) {
    byId("otp").focus();
    return;
  }
  event.target.reset();
  byId("otp").disabled = true;
  byId("check-otp").disabled = true;
  toast(t("Mobile confirmed"));
});

for (const id of ["lock-bank", "lock-reset", "tell-me"]) {
  byId(id).addEventListener("change", () => toast(t("Saved")));
}

function nameReveal(button) {
  const input = byId(button.getAttribute("aria-controls"));
  const verb = t(input.type === "text" ? "Hide" : "Show");
  button.textContent = verb;
  button.setAttribute("aria-label", `${verb}: ${input.labels[0].textContent}`);
}

function say(place, text) {
  place.hidden = !text;
  place.textContent = text ? t(text) : "";
}
