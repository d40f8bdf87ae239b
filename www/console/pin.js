// The field for the help PIN: digits of any Indian script, shown in groups of three.

const LONGEST = 12;
/** Where each script's zero is; its other digits follow it. */
const ZEROS = [
  0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0x1c50,
  0xabf0, 0xff10,
];

/** The ASCII digits in a text; everything else is dropped. */
export function digitsOf(text) {
  let digits = "";
  for (const char of text) {
    const code = char.codePointAt(0);
    const zero = ZEROS.find((zero) => code >= zero && code < zero + 10);
    if (zero !== undefined) digits += code - zero;
  }
  return digits;
}

/** `482719035` as `482 719 035`. */
export function grouped(digits) {
  return digits.slice(0, LONGEST).replace(/(\d{3})(?=\d)/g, "$1 ");
}

/** Keeps the field grouped while it is typed in, with the caret after the same digit. */
export function groupWhileTyping(field) {
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const before = digitsOf(field.value.slice(0, field.selectionStart)).length;
    const value = grouped(digitsOf(field.value));
    if (value === field.value) return;
    field.value = value;
    const caret = grouped(digitsOf(value).slice(0, before)).length;
    field.setSelectionRange(caret, caret);
  });
  // Backspace behind a space takes the digit before it, not only the space.
  field.addEventListener("keydown", (event) => {
    const at = field.selectionStart;
    if (at !== field.selectionEnd || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Backspace" && field.value[at - 1] === " ") {
      field.setSelectionRange(at - 1, at - 1);
    }
    if (event.key === "Delete" && field.value[at] === " ") field.setSelectionRange(at + 1, at + 1);
  });
}
