// One request to the data plane.

/** `fetch` as it was when we came: pages and other scripts replace it. */
const request = self.fetch.bind(self);

/** `Retry-After` in ms: seconds or a date (RFC 9110, 10.2.3). @param {any} text, or null */
const milliseconds = (text) => {
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return wait >= 0 ? wait : null;
};

/**
 * A request body, joined of texts that were made once: each message, and the batch, says when it is sent [js 4.2, 4.3].
 * @param {string[]} messages JSON objects @param {string} sentAt
 */
export const body = (messages, sentAt) => {
  const stamp = `,"sentAt":"${sentAt}"}`;
  const stamped = messages.map((text) => text.slice(0, -1) + stamp);
  return stamped.length > 1 ? `{"batch":[${stamped}]${stamp}` : stamped[0];
};

/**
 * POSTs a body; settles with the status (0: it never arrived, or no answer in 30 s) and `Retry-After` in ms. Never rejects.
 * @param {string} url @param {Record<string, string>} headers @param {string} text @param {boolean} keepalive
 * @returns {Promise<{status: number, retryAfter: number | null}>}
 */
export const post = async (url, headers, text, keepalive) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 30_000);
  try {
    const options = { method: "POST", headers, body: text, keepalive, credentials: /** @type {const} */ ("omit") };
    const response = await request(url, { ...options, signal: abort.signal });
    return { status: response.status, retryAfter: milliseconds(response.headers.get("Retry-After")) };
  } catch {
    return { status: 0, retryAfter: null };
  } finally {
    clearTimeout(timer);
  }
};
