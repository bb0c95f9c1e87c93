/* Times and days in the document's language and the browser's time zone. */

const language = document.documentElement.lang || "fr";
const hourFormat = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const momentFormat = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const dayFormat = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const dayAndYearFormat = new Intl.DateTimeFormat(language, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const relativeFormat = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

export function hourOf(date) {
  return hourFormat.format(date);
}

export function momentOf(date) {
  return momentFormat.format(date);
}

/* Return a key that two moments of one day share. */
export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

export function dayName(date) {
  const days = Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
  if (days === 0 || days === -1) return capitalised(relativeFormat.format(days, "day"));
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return capitalised((isThisYear ? dayFormat : dayAndYearFormat).format(date));
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function capitalised(text) {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
