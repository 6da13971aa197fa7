import assert from "node:assert/strict";
import test from "node:test";
import { dayOf, withDay } from "../../web/src/birthday.js";

/** Runs a test where the clocks say something else. */
const inZone = (zone, run) => {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    run();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
};

for (const zone of ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "America/St_Johns"])
  test(`midnight is a day, in summer and winter: ${zone}`, () =>
    inZone(zone, () => {
      for (const [year, month, day, text] of [
        [1990, 4, 17, "1990-05-17"],
        [1990, 0, 1, "1990-01-01"],
        [2024, 1, 29, "2024-02-29"],
        [1990, 11, 31, "1990-12-31"],
      ]) {
        assert.equal(dayOf(new Date(year, month, day).toJSON()), text);
        const noon = new Date(year, month, day, 12).toJSON();
        assert.equal(dayOf(noon), noon);
        const later = new Date(year, month, day, 0, 0, 0, 1).toJSON();
        assert.equal(dayOf(later), later);
      }
    }));

for (const [zone, ...day] of [
  ["America/Sao_Paulo", 1990, 9, 21], // the clock went from midnight to one
  ["Africa/Cairo", 2024, 3, 26],
  ["Africa/Monrovia", 1970, 4, 17], // 44 minutes and 30 seconds behind UTC
  ["Europe/Amsterdam", 1930, 4, 17],
])
  test(`the first moment of a day is it, where that is no midnight or no whole minute of UTC: ${zone}`, () =>
    inZone(zone, () => {
      const [year, month, date] = day;
      assert.equal(dayOf(new Date(year, month, date).toJSON()), `${year}-${String(month + 1).padStart(2, "0")}-${date}`);
      for (const other of [new Date(year, month, date, 2), new Date(year, month, date, 0, 0, -1)]) assert.equal(dayOf(other.toJSON()), other.toJSON());
    }));

for (const value of ["1990-05-17", "17 May 1990", "", null, undefined, 5, "1990-05-17T00:00:00", "1990-13-45T00:00:00.000Z", ["1990-05-17T00:00:00.000Z"]])
  test(`what is no moment stays: ${JSON.stringify(value)}`, () => assert.deepEqual(dayOf(value), value));

test("of traits only the birthday is a day, and what was given is not changed", () =>
  inZone("UTC", () => {
    const traits = { birthday: "1990-05-17T00:00:00.000Z", createdAt: "1990-05-17T00:00:00.000Z" };
    assert.deepEqual(withDay(traits), { ...traits, birthday: "1990-05-17" });
    assert.equal(traits.birthday, "1990-05-17T00:00:00.000Z");
    for (const other of ["u1", null, { plan: "pro" }]) assert.equal(withDay(other), other);
  }));
