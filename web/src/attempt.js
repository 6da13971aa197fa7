/** What an action gives, or undefined where it throws. @template T @param {() => T} action @returns {T | undefined} */
export const attempt = (action) => {
  try {
    return action();
  } catch {
    // Then it gives nothing.
  }
};

/** What an action gives at last, or undefined where it fails. @template T @param {() => T | PromiseLike<T>} action @returns {Promise<T | undefined>} */
export const attempted = async (action) => {
  try {
    return await action();
  } catch {
    // Then it gives nothing.
  }
};
