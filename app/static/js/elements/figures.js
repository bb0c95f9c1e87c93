/* <tc-figures>: small charts drawn from the table of figures beside them. Screen readers read the table. */

import { findAll } from "teamchat/lib/dom";
import uPlot from "uplot";

const HEIGHT = 150;
const THEMES = matchMedia("(prefers-color-scheme: dark)");
const short = new Intl.NumberFormat(document.documentElement.lang || "fr", { notation: "compact" });

class Figures extends HTMLElement {
  /** @type {{ place: HTMLElement, chart: uPlot }[]} */
  #charts = [];
  /** @type {ResizeObserver} */
  #sizes;
  /** @type {MutationObserver} */
  #themes;

  connectedCallback() {
    this.#sizes = new ResizeObserver(() => this.#fit());
    this.#themes = new MutationObserver(() => this.#draw());
    this.#themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    THEMES.addEventListener("change", this);
    this.#draw();
    this.#sizes.observe(this);
  }

  disconnectedCallback() {
    THEMES.removeEventListener("change", this);
    this.#sizes.disconnect();
    this.#themes.disconnect();
    this.#clear();
  }

  handleEvent() {
    this.#draw();
  }

  #draw() {
    this.#clear();
    const rows = findAll(this, "tbody tr", HTMLTableRowElement);
    const moments = rows.map((row) => Number(row.dataset.at));
    for (const place of findAll(this, "[data-column]")) {
      const values = rows.map((row) => figureIn(row.cells[Number(place.dataset.column)]));
      this.#charts.push({ place, chart: new uPlot(options(place, values, moments), [moments, values], place) });
    }
  }

  #clear() {
    for (const { chart } of this.#charts) chart.destroy();
    this.#charts = [];
  }

  #fit() {
    for (const { place, chart } of this.#charts) {
      if (place.clientWidth !== chart.width) chart.setSize({ width: place.clientWidth, height: HEIGHT });
    }
  }
}

function figureIn(cell) {
  return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
}

/** @returns {uPlot.Options} */
function options(place, values, moments) {
  const style = getComputedStyle(place);
  const ink = style.getPropertyValue("--tc-ink-3");
  const line = style.getPropertyValue("--tc-line");
  const axis = { stroke: () => colourOf(place, ink), font: "11px Inter, sans-serif", ticks: { show: false } };
  const half = moments.length > 1 ? (moments[1] - moments[0]) / 2 : 1800;
  const highest = Math.max(1, ...values.filter((value) => value !== null));
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 14, 0, 0],
    scales: { x: { range: [moments[0] - half, moments.at(-1) + half] }, y: { range: [0, highest * 1.1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 60,
        values: (_chart, splits, _place, _space, step) => splits.map((at) => labelOf(at, step)),
      },
      {
        ...axis,
        grid: { stroke: () => colourOf(place, line), width: 1 },
        size: 42,
        space: 40,
        incrs: whole(),
        values: (_chart, splits) => splits.map((value) => short.format(value)),
      },
    ],
    series: [{}, seriesOf(place, style.color)],
  };
}

function seriesOf(place, colour) {
  const shape =
    place.dataset.shape === "bars"
      ? { paths: uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.2 }), width: 0 }
      : { width: 2, spanGaps: false };
  return {
    ...shape,
    stroke: colour,
    fill: place.dataset.shape === "bars" ? colour : faint(colour),
    points: { show: place.dataset.shape !== "bars", size: 4, fill: colour },
  };
}

function faint(colour) {
  return `color-mix(in srgb, ${colour} 18%, transparent)`;
}

/* light-dark() and the like, as a colour that a canvas knows. */
function colourOf(place, text) {
  const probe = place.ownerDocument.createElement("i");
  probe.style.color = text;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function labelOf(at, step) {
  /** @type {Intl.DateTimeFormatOptions} */
  const format = step < 86400 ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(document.documentElement.lang || "fr", format).format(at * 1000);
}

function whole() {
  return [1, 2, 5]
    .flatMap((one) => Array.from({ length: 9 }, (_none, power) => one * 10 ** power))
    .sort((one, other) => one - other);
}

customElements.define("tc-figures", Figures);
