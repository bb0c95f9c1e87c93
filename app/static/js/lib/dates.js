/* Times and days as the reader says them: the document's language, the browser's time zone. */

const language = document.documentElement.lang || "fr";
const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const near = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

export function hourOf(date) {
  return hour.format(date);
}

export function momentOf(date) {
  return whole.format(date);
}

/* The same word for two moments of one day. */
export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

export function dayName(date) {
  const days = Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
  if (days === 0 || days === -1) return capitalised(near.format(days, "day"));
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return capitalised((isThisYear ? day : dayOfYear).format(date));
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function capitalised(text) {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
