import { isAnonymous } from "../../web/src/consent.js";
import { KEYS } from "../../web/src/cookies.js";
import { readLoad, readPlaces } from "../../web/src/options.js";
import { policyOf } from "../../web/src/policy.js";
import { compare, runVectors } from "./vectors.js";

const STATE_KEYS = Object.keys(KEYS);
/** Of a page that asks for no protection; vectors say what is otherwise. */
const ORDINARY = { muted: false, quiet: false, buffers: false, hides: false, visible: STATE_KEYS, anonymous: false, places: { rest: "cookieStorage" } };

const expected = ({ gives }) => {
  const policy = { ...ORDINARY, ...gives };
  const { rest, ...others } = policy.places;
  return { ...policy, places: Object.fromEntries(STATE_KEYS.map((key) => [key, others[key] || rest])) };
};

/** What holds, and whether nothing of the visitor is kept. */
const policy = (load, browser, consent) => {
  const held = policyOf(readLoad(load), browser, consent === null ? undefined : readPlaces(consent.storage));
  return { ...held, anonymous: isAnonymous(held) };
};

// Given are the options of `load` as the page wrote them, what the browser says, and those of the last `consent`, or null.
runVectors("policy", { "policy.of": compare(policy, expected) });
