/** What an action gives, or undefined where it throws. @template T @param {() => T} action @returns {T | undefined} */
export const attempt = (action) => {
  try {
    return action();
  } catch {
    return undefined;
  }
};
