import "./browser.js";

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

const french = await datesIn("fr");
const english = await datesIn("en");

/* The module reads the language once: each one gets its own copy. */
async function datesIn(language) {
  document.documentElement.lang = language;
  return import(new URL(`../../app/static/js/lib/dates.js?${language}`, import.meta.url).href);
}

beforeEach(() => mock.timers.enable({ apis: ["Date"], now: new Date("2026-03-10T12:00:00+01:00") }));
afterEach(() => mock.timers.reset());

test("hours are written in the reader's time zone and language", () => {
  const date = new Date("2026-03-10T13:05:00Z");
  assert.equal(french.hourOf(date), "14:05");
  assert.match(english.hourOf(date), /^02:05\sPM$/);
});

test("a moment has its day and hour", () => {
  const date = new Date("2026-03-10T13:05:00Z");
  assert.match(french.momentOf(date), /^mardi 10 mars 2026.* 14:05$/);
  assert.match(english.momentOf(date), /^Tuesday, March 10, 2026.* 2:05\sPM$/);
});

test("today and yesterday have names", () => {
  assert.equal(french.dayName(new Date("2026-03-10T00:00:00+01:00")), "Aujourd’hui");
  assert.equal(french.dayName(new Date("2026-03-09T23:59:00+01:00")), "Hier");
  assert.equal(english.dayName(new Date("2026-03-10T23:59:00+01:00")), "Today");
  assert.equal(english.dayName(new Date("2026-03-09T00:00:00+01:00")), "Yesterday");
});

test("other days are written out, with the year when it is another one", () => {
  assert.equal(french.dayName(new Date("2026-03-08T10:00:00+01:00")), "Dimanche 8 mars");
  assert.equal(french.dayName(new Date("2025-12-31T10:00:00+01:00")), "Mercredi 31 décembre 2025");
  assert.equal(english.dayName(new Date("2026-03-08T10:00:00+01:00")), "Sunday, March 8");
  assert.equal(english.dayName(new Date("2026-03-11T10:00:00+01:00")), "Wednesday, March 11");
});

test("yesterday is yesterday after the change to summer time", () => {
  mock.timers.setTime(new Date("2026-03-30T00:30:00+02:00").getTime());
  assert.equal(french.dayName(new Date("2026-03-29T01:00:00+01:00")), "Hier");
});

test("two moments share a key when they are of one local day", () => {
  const midnight = new Date("2026-03-10T00:00:00+01:00");
  assert.equal(french.dayKey(midnight), french.dayKey(new Date("2026-03-10T23:59:59+01:00")));
  assert.notEqual(french.dayKey(midnight), french.dayKey(new Date("2026-03-09T23:59:59+01:00")));
});
