import assert from "node:assert/strict";
import test from "node:test";
import { KEYS } from "../../web/src/cookies.js";
import { dataPlaneUrlOf, readLoad, readPlaces, writeKeyOf } from "../../web/src/options.js";
import { checkConsent, checkLoad } from "../../web/src/optionTable.js";
import { compare, runVectors, vectorsOf } from "./vectors.js";

runVectors("options", {
  // Python's error is "" here.
  "options.write_key": compare(writeKeyOf, (vector) => vector.gives ?? ""),
  "options.data_plane_url": compare(dataPlaneUrlOf, (vector) => vector.gives ?? ""),
});

// Two modules read options: options.js before Python is there, optionTable.js for Python. They must mean the same.

const entries = (storage) => Object.fromEntries(Object.keys(KEYS).map((key) => [key, storage.entries[key].type]));

/** What options.js should say of options that optionTable.js accepted. */
const meant = (accepted) => {
  const { storage, preConsent, anonymousIdOptions, sessions, consentManagement } = accepted;
  const { cookie } = storage;
  return {
    logLevel: accepted.logLevel,
    sessions,
    places: { type: storage.type, ...entries(storage) },
    cookie: { path: cookie.path, samesite: cookie.samesite ?? accepted.sameSiteCookie, secure: cookie.secure ?? accepted.secureCookie, expires: cookie.expires ?? undefined, partitioned: cookie.partitioned },
    domain: accepted.sameDomainCookiesOnly ? null : (cookie.domain ?? accepted.setCookieDomain ?? undefined),
    lifetime: cookie.maxage,
    encodes: storage.encryption.version === "v3",
    capturesSegment: anonymousIdOptions.autoCapture.enabled && anonymousIdOptions.autoCapture.source !== null,
    queryStringApi: accepted.queryStringApi,
    externalAnonymousIdCookieName: accepted.externalAnonymousIdCookieName ?? undefined,
    preConsent: preConsent.enabled,
    visible: { none: [], session: ["sessionInfo"], anonymousId: ["anonymousId"] }[preConsent.storage.strategy],
    buffers: preConsent.events.delivery === "buffer",
    managesConsent: consentManagement.enabled,
    isDecided: consentManagement.allowedConsentIds !== null || consentManagement.deniedConsentIds !== null,
    respectGPC: accepted.respectGPC,
    respectDNT: accepted.respectDNT,
  };
};

/** "cookieStorage" is the default, whether it is said or not; to queryStringApi.js all that is not allowed is false. */
const withDefault = ({ queryStringApi, ...read }) => ({
  ...read,
  places: { ...read.places, type: read.places.type ?? "cookieStorage" },
  queryStringApi: [true, "anonymous"].includes(queryStringApi) && queryStringApi,
});

const agreeOnLoad = (given) => assert.deepEqual(withDefault(readLoad(given)), meant(checkLoad(given).accepted), JSON.stringify(given));

/** Of `consent`, options.js reads where values are kept. */
const agreeOnConsent = (given) => {
  const { storage } = checkConsent(given).accepted;
  const expected = { type: storage.type, ...entries(storage) };
  assert.deepEqual(readPlaces(Object(given).storage), expected, JSON.stringify(given));
  assert.deepEqual(readPlaces(storage), expected, "what was accepted is read the same");
};

test("both say the same of every vector", () => {
  for (const { function: name, given } of [...vectorsOf("options"), ...vectorsOf("policy")]) {
    if (["options.validate", "policy.of"].includes(name)) agreeOnLoad(given[0]);
    if (name === "options.consented") agreeOnConsent(given[0]);
    if (name === "policy.of") agreeOnConsent(given[2]);
  }
});

const ODD = [null, undefined, true, false, 0, 1, -1, 1.5, NaN, Infinity, "", "x", "true", [], ["a"], [1], {}, { enabled: true }, { enabled: "yes" }, { type: "none" }, () => {}];

/** The paths of a table of options, each with its default. */
const paths = (table, before = []) =>
  Object.entries(table).flatMap(([name, value]) => {
    const path = [...before, name];
    const isTable = typeof value === "object" && value && !Array.isArray(value);
    return [path, ...(isTable ? paths(value, path) : [])];
  });

const nested = (path, value) => path.reduceRight((inner, name) => ({ [name]: inner }), value);

test("both say the same of every option with any value", () => {
  for (const path of paths(checkLoad(null).accepted)) for (const value of ODD) agreeOnLoad(nested(path, value));
  for (const path of paths(checkConsent(null).accepted)) for (const value of ODD) agreeOnConsent(nested(path, value));
});

test("both say the same of options that are of another kind", () => {
  for (const value of [...ODD, "consent", "Respect"]) {
    agreeOnLoad(value);
    agreeOnConsent(value);
  }
});
