// Notices, the client-routed part of the portal: a list and one letter at a time, by history.pushState.

import { el, icon, toast } from "../portal.js";
import { date, inEveryLanguage, t } from "../i18n.js";

const NOTICES = [
  {
    slug: "interest-mismatch", sent: "2026-06-10", reply: "2026-07-10", section: "143(1)(a)", tone: "bad", kind: "Reply needed",
    title: "Interest income does not match",
    letter: [
      "Your bank has reported interest of ₹ 50,940 for the year. Your return for AY 2025-26 shows ₹ 42,300.",
      "Agree to the higher figure, or tell us why your figure is right. If we hear nothing, we go by the bank’s figure.",
    ],
  },
  {
    slug: "refund-issued", sent: "2026-06-09", section: "143(1)", tone: "", kind: "For information",
    title: "Refund sent to your bank",
    letter: [
      "Your refund of ₹ 18,420 for AY 2025-26 has been sent to the account you chose.",
      "It usually arrives within 5 working days. There is nothing you need to do.",
    ],
  },
  {
    slug: "demand-2023", sent: "2026-02-18", reply: "2026-07-31", section: "156", tone: "bad", kind: "Reply needed",
    title: "Tax still due for AY 2023-24",
    letter: [
      "Tax of ₹ 2,310 for AY 2023-24 has not been paid. Interest grows by 1% each month.",
      "Pay by challan and enter its number here, or tell us why you disagree.",
    ],
  },
  {
    slug: "aadhaar-linked", sent: "2025-12-02", section: "139AA", tone: "good", kind: "Closed",
    title: "PAN linked with Aadhaar",
    letter: ["Your PAN and Aadhaar are linked. Your returns can now be verified by an Aadhaar one-time password."],
  },
  {
    slug: "advance-tax", sent: "2025-09-01", section: "208", tone: "", kind: "For information",
    title: "Advance tax: second part",
    letter: ["If your tax for the year is more than ₹ 10,000, 45% of it is due by 15 September."],
  },
];

const view = document.getElementById("view");
const read = new Set(["aadhaar-linked", "advance-tax"]);
const replies = new Map();

window.addEventListener("popstate", () => render(true));
inEveryLanguage(() => render(false));

function go(slug) {
  history.pushState(null, "", slug ? `/notices.html?notice=${slug}` : "/notices.html");
  render(true);
}

function render(moved) {
  const slug = new URLSearchParams(location.search).get("notice");
  const notice = NOTICES.find((candidate) => candidate.slug === slug);
  view.replaceChildren(...(notice ? detail(notice) : list()));
  document.title = t("{page} · Karpath e-Filing", { page: t(notice ? notice.title : "Notices") });
  // As after a full page load: at the top, and a screen reader hears where it is.
  if (moved) {
    scrollTo(0, 0);
    view.querySelector("h1").focus();
  }
}

function list() {
  const waiting = NOTICES.filter((notice) => notice.reply && !replies.has(notice.slug)).length;
  return [
    el("div", { class: "page-head" }, el("div", {},
      el("h1", { tabindex: -1 }, t("Notices")),
      el("p", {}, t("Letters from the department. {waiting} of {all} need a reply.", { waiting, all: NOTICES.length })))),
    el("section", { class: "card", "aria-label": t("Notices") }, el("ul", { class: "plain" }, ...NOTICES.map(listItem))),
  ];
}

function listItem(notice) {
  const [kind, tone] = standing(notice);
  return el("li", {}, link(notice.slug, { class: read.has(notice.slug) ? "notice" : "notice unread" },
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "grow" },
      el("h3", {}, t(notice.title)),
      el("span", { class: "small quiet" }, meta(notice))),
    el("span", { class: `tag ${tone}`.trim() }, t(kind))));
}

function detail(notice) {
  read.add(notice.slug);
  const [kind, tone] = standing(notice);
  return [
    el("p", { class: "back" }, link("", {}, t("All notices"))),
    el("div", { class: "page-head" },
      el("div", {}, el("h1", { tabindex: -1 }, t(notice.title)), el("p", {}, meta(notice))),
      el("span", { class: `tag ${tone}`.trim() }, t(kind))),
    el("section", { class: "card letter" },
      ...notice.letter.map((paragraph) => el("p", {}, t(paragraph))),
      notice.reply ? replyForm(notice) : null),
  ];
}

function replyForm(notice) {
  if (replies.has(notice.slug)) {
    return el("p", { class: "note good" }, icon("M4 12l6 6L20 6", 20), el("span", {}, t("Your reply is recorded. We will write to you when it has been read.")));
  }
  const choice = (value, label) => el("label", { class: "choice" }, el("input", { type: "radio", name: "answer", value, required: true }), el("span", {}, t(label)));
  const form = el("form", { class: "stack" },
    el("fieldset", { "data-saath-show": "" }, el("legend", {}, t("Your reply")),
      el("div", { class: "choices" }, choice("agree", "I agree with this notice"), choice("disagree", "I do not agree"))),
    el("div", { class: "field" },
      el("label", { for: "reason" }, t("Reason (not required)")),
      el("textarea", { id: "reason", maxlength: 1000 })),
    el("div", { class: "actions" }, el("button", { class: "btn main", type: "submit" }, t("Send reply"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    replies.set(notice.slug, form.elements.answer.value);
    render(true);
    toast(t("Reply sent"));
  });
  return form;
}

function standing(notice) {
  return replies.has(notice.slug) ? ["Reply sent", "good"] : [notice.kind, notice.tone];
}

function meta(notice) {
  const sent = t("Section {section} · sent {date}", { section: notice.section, date: date(notice.sent) });
  return notice.reply ? `${sent} · ${t("reply by {date}", { date: date(notice.reply) })}` : sent;
}

/** A real link, so that it can be opened in a new tab; a plain click stays in the page. */
function link(slug, properties, ...children) {
  const anchor = el("a", { ...properties, href: slug ? `/notices.html?notice=${slug}` : "/notices.html" }, ...children);
  anchor.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(slug);
  });
  return anchor;
}
