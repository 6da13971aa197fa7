// Sessions [js 3.9]: what the official SDK keeps in `rl_session`. Automatic: {id, expiresAt, timeout, autoTrack,
// sessionStart?, cutOff?}; manual: {id, manualTrack, sessionStart?}; {} is none. Times are epoch ms, durations ms.
// The core has the same rules (core/visitor/session.py), and one set of vectors (tests/vectors/session.json).

/** @typedef {Record<string, any>} Session */
/** @typedef {{autoTrack: boolean, timeout: number, cutOff: {enabled: boolean, duration: number}}} Sessions the load option */

/** @param {unknown} value */
const isNumber = (value) => typeof value === "number";

/** When its cut-off ends it, in use or not. @param {Session} session @returns {number | null} */
const cutOffEnd = (session) => (isNumber(session.cutOff?.expiresAt) ? session.cutOff.expiresAt : null);

/** @param {Session} session @param {number} now */
const lives = (session, now) => {
  // A cookie can hold anything: what does not have numbers where they belong is no live session.
  const end = cutOffEnd(session);
  return "id" in session && isNumber(session.timeout) && isNumber(session.expiresAt) && now <= session.expiresAt && (end === null || now <= end);
};

/** Another session after this one. @param {Session} session @param {Sessions} sessions @param {number} now @returns {Session} */
const automatic = (session, sessions, now) => {
  const { timeout, cutOff } = sessions;
  const another = { id: now, expiresAt: now + timeout, timeout, autoTrack: true };
  if (!cutOff.enabled) return another;
  const end = cutOffEnd(session);
  return { ...another, cutOff: { ...cutOff, expiresAt: end === null || now > end ? now + cutOff.duration : end } };
};

/** The id that a getter answers: null where there is no session. @param {Session} session @param {number} now @returns {number | null} */
export const liveId = (session, now) => (session.manualTrack || lives(session, now) ? (session.id ?? null) : null);

/** The session as a page opens. @param {Session} session @param {Sessions} sessions @param {number} now @returns {Session} */
export const resume = (session, sessions, now) => {
  if (session.manualTrack) return { ...session, autoTrack: false, timeout: sessions.timeout };
  if (!sessions.autoTrack || !sessions.timeout) return {};
  const another = automatic(session, sessions, now);
  if (lives(session, now)) for (const key of ["id", "sessionStart"]) if (key in session) another[key] = session[key];
  return another;
};

/** The session as a message is made. @param {Session} session @param {Sessions} sessions @param {number} now @returns {Session} */
export const extend = (session, sessions, now) => {
  let extended = session;
  if (session.autoTrack) {
    extended = lives(session, now)
      ? { ...session, expiresAt: Math.max(session.expiresAt, now + session.timeout) }
      : automatic(session, sessions, now);
  }
  return Object.keys(extended).length ? { ...extended, sessionStart: !("sessionStart" in extended) } : extended;
};

/** A manual session. @param {number} id @returns {Session} */
export const start = (id) => ({ id, manualTrack: true });

/** The session after a reset: another of the kind it was. @param {Session} session @param {Sessions} sessions @param {number} now @returns {Session} */
export const renew = (session, sessions, now) => {
  if (session.manualTrack) return start(now);
  return session.autoTrack ? automatic({}, sessions, now) : {};
};
