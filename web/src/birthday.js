// A birthday has no time, and destinations take it as it is written: a JavaScript Date that is midnight where the page is,
// which became ISO-8601 as it was called (arguments.js), is sent as its day. It comes with Python, as nothing before needs it.

import { isObject } from "./cookies.js";

/** What a Date is in JSON, where it may be a midnight: of old, clocks differed from UTC by seconds, too. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/;

/** @param {unknown} moment @returns {unknown} its day, `YYYY-MM-DD`; what is none is given back as it is */
export const dayOf = (moment) => {
  if (typeof moment !== "string" || !MOMENT.test(moment)) return moment;
  const date = new Date(moment);
  // The first moment of a day: where clocks skip midnight it is later. Or it is no date.
  if (new Date(date).setHours(0, 0, 0, 0) !== date.getTime()) return moment;
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${String(date.getFullYear()).padStart(4, "0")}-${month}-${day}`;
};

/** The same of the member `birthday`; all else stays. @template T @param {T} traits @returns {T} */
export const withDay = (traits) => (isObject(traits) && traits.birthday ? { ...traits, birthday: dayOf(traits.birthday) } : traits);
