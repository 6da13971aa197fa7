// The visitor's decision, kept for the next page (`preConsent.remember`): one cookie, which names no visitor. The next page
// acts on it as on a `consent()` that comes first, so that no banner's script needs to have run.

import { decode, DECISION, encode } from "./cookies.js";

/** @typedef {{storage?: unknown, integrations?: unknown, consentManagement: import("./consent").Consents}} Decision as options of `consent` */

/**
 * @param {import("./storage").BrowserStorage} storage @param {boolean} encodes as the visitor's values are
 * @param {() => import("./storage").CookieAttributes} attributesOf of this page's cookies
 */
export const createRememberedConsent = (storage, encodes, attributesOf) => {
  /** The decision of a page before; nothing where there is none that can be read. @returns {unknown} options of `consent` */
  const recall = () => {
    storage.look();
    const text = storage.read("cookie", DECISION);
    return text === null ? undefined : decode(text, "userTraits"); // an object, as traits are
  };

  return {
    /** @param {Decision} decision */
    keep: (decision) => storage.writeCookie(DECISION, encode(decision, encodes), attributesOf()),

    /** Acts on it, where nothing has been decided on this page. @param {import("./core").Parts} parts */
    decideAgain({ policy, inputs: { load, queue }, take }) {
      const { buffers, hides } = policy();
      const isOpen = policy() === load?.policy && (buffers || hides);
      const decided = isOpen && recall();
      if (!decided) return;
      take("consent", [decided]);
      queue.unshift(...queue.splice(-1)); // first: it was decided before all that is called here
    },
  };
};

/** @typedef {ReturnType<typeof createRememberedConsent>} RememberedConsent */
