/* Markdown marks around the selection of a text field: added, or removed where they are already there. */

export function wrap(field, mark) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  const isWrapped = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark;
  if (isWrapped) put(field, start - mark.length, end + mark.length, chosen, start - mark.length);
  else put(field, start, end, mark + chosen + mark, start + mark.length);
  field.setSelectionRange(field.selectionStart, field.selectionStart + chosen.length);
  field.focus();
}

function put(field, from, to, text, caret) {
  field.setRangeText(text, from, to, "end");
  field.setSelectionRange(caret, caret);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
