// `beforeSend` as pages write it: it drops, changes, fails, thinks, and answers with nonsense. Which of these depends on
// the event that a message names.

/** @type {Record<string, (message: any) => unknown>} */
const BY_EVENT = {
  unwanted: () => null,
  large: () => {
    throw new Error("x");
  },
  bad: () => [],
  renamed: (message) => ({ ...message, messageId: "another" }),
  nulls: (message) => ({ ...message, properties: { ...message.properties, nothing: null }, reviewed: true }),
  inPlace: (message) => Object.assign(message, { reviewed: true }),
};

/** @param {any} message */
const usual = (message) => ({ ...message, reviewed: true });

/**
 * @param {string} kind "now", or "later": it answers with a promise
 * @param {any} message @param {(thought: () => void) => void} think is told what ends the waiting
 */
export const review = (kind, message, think) => {
  const judge = BY_EVENT[message.event] || usual;
  if (kind === "now") return judge(message);
  return new Promise((settle, reject) => {
    think(() => {
      try {
        settle(judge(message));
      } catch (error) {
        reject(error);
      }
    });
  });
};
