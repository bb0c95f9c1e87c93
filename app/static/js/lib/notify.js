/* Show a short notice. A level is "success", "info" or "error". */

export function toast(text, level = "info") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));
}

/* Show a failure whose text is in the page: "failed" or "unreachable". */
export function notify(sentence) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { sentence, level: "error" } }));
}
