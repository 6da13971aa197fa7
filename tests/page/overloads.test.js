import { canonical } from "../../web/src/overloads.js";
import { compare, only, runVectors } from "./vectors.js";

/** The members of a canonical call that say something of the visitor: the page needs no others before Python is there. */
const OF_THE_VISITOR = {
  identify: ["userId", "traits"],
  group: ["groupId", "traits"],
  reset: ["entries"],
  setAnonymousId: ["anonymousId"],
  startSession: ["sessionId"],
  setAuthToken: ["token"],
};

// A call that Python refuses is null here.
runVectors("calls", {
  "calls.canonical": compare(canonical, ({ given: [method], gives, raises }) => (raises ? null : only(OF_THE_VISITOR[method] || [], gives))),
});
