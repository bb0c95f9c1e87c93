/* Say something short; the toast region hears it. A level is "success", "info" or "error". */

export function toast(text, level = "info") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}

/* A failure whose sentence the page has: "failed" or "unreachable". */
export function notify(sentence) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { sentence, level: "error" } }));
}
