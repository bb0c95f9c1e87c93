/* Labels with a number: the server wrote the singular, and the plural with {n} in it. */

const figures = new Intl.NumberFormat(document.documentElement.lang || "fr");

export function counted(number, one = "", many = "") {
  return number === 1 ? one : many.replace("{n}", figures.format(number));
}
