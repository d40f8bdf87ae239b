// What the agent reads: reasons, refusals, states.

const ENDED = {
  customer_ended: "The taxpayer pressed STOP.",
  agent_ended: "You ended it.",
  connection_lost: "The connection was lost for too long. Ask the taxpayer whether the page is still open.",
  declined: "The taxpayer declined. Nothing was shown to you.",
  not_verified: "The taxpayer's page could not verify who you are. Press Co-browse in the CRM again; if it happens twice, tell your supervisor.",
  reported: "The taxpayer said that this is not the helpdesk. Nothing was shown to you, and the PIN is void.",
  mismatch: "The numbers did not match, so this PIN is void. Ask the taxpayer for the new one on the screen.",
  gone: "Nobody waits with this PIN: it has expired, or was used. Ask the taxpayer for a new number.",
  unauthorized: "The relay did not accept your sign-in. Press Co-browse in the CRM again.",
  busy: "The relay is very busy. Try again in a minute.",
  version: "This console is out of date. Close it and open it from the CRM again.",
  protocol_error: "The connection was not sound, so it was closed.",
  peer_broken: "The taxpayer's page sent what cannot be understood, so the session was closed.",
  time_limit: "The longest time for one session is over.",
  idle: "Nothing happened for a long time.",
  pin_expired: "The PIN has expired. Ask the taxpayer for a new number.",
};

/** Why a session ended. */
export const endedText = (reason) => ENDED[reason] ?? "It could not go on.";

const WAITING = {
  alert: "The page is waiting for the taxpayer: a message is to be closed.",
  confirm: "The page is waiting for the taxpayer: a question is to be answered.",
  prompt: "The page is waiting for the taxpayer: something is to be typed.",
  print: "The page is waiting for the taxpayer: it is being printed.",
  unanswered: "The page does not answer. The taxpayer may have been asked something.",
};

/** What the taxpayer's page waits for; nothing if it goes on. */
export const waitingText = (kind) => WAITING[kind] ?? "";

const OUTCOMES = {
  notallowed: "The taxpayer has not allowed you to act.",
  gone: "That part of the page is no longer there.",
  masked: "This field is masked.",
  excluded: "The portal does not allow this to be done for the taxpayer.",
  notinteractive: "This cannot be used now: it is hidden, covered or switched off.",
  unsuitable: "That does not fit this part of the page.",
  onlycustomer: "Only the taxpayer may press this. Ask them to.",
};

/** Why an action was refused; nothing if it was done. */
export function refusalText(outcome) {
  const key = String(outcome).replace(/[^a-z]/gi, "").toLowerCase();
  return key === "done" ? undefined : (OUTCOMES[key] ?? "That could not be done.");
}

export const LEVELS = { view: "You can look", point: "You can point", act: "You can act" };

const LEVEL_CHANGES = {
  allowed: "The taxpayer allowed it.",
  declined: "The taxpayer declined.",
  revoked: "The taxpayer took back control.",
  released: "You gave back control.",
  resumed: "Connected again.",
};

/** What happened to the level; nothing where the view itself says it. */
export function levelChangeText(why, before) {
  if (!before) return undefined;
  if (why === "resumed" && before === "act") return "Connected again. Ask again before you act.";
  return LEVEL_CHANGES[why];
}

const JOIN_ERRORS = {
  InvalidPin: "This is not a help PIN: one digit is missing, too many or wrong. Ask for it once more.",
  PinAlreadyTried: "This PIN was tried before and is void. Ask the taxpayer for a new number.",
  InvalidToken: "Your sign-in is not valid. Press Co-browse in the CRM again.",
  Unsupported: "This browser is too old for the console. Update it, or use another one.",
  RelayUnreachable: "The relay cannot be reached. Check your connection and try again.",
};

/** Why a session could not be started; whether the PIN is to blame; whether the reason is known. */
export function joinError(error) {
  return {
    text: JOIN_ERRORS[error?.name] ?? "The session could not be started. Try again.",
    known: error?.name in JOIN_ERRORS,
    pin: error?.name === "InvalidPin" || error?.name === "PinAlreadyTried",
  };
}

export const STATES = {
  connecting: "Connecting…",
  pending: "Connecting…",
  authorizing: "Waiting for the taxpayer to allow",
  active: "Live",
  lost: "Connection lost",
};
