// A core by script, small enough to be read: it takes inputs and answers with effects as the real one does, as far as
// the page can tell. What messages say and how they are delivered well is tested with the real core (tests/machine).

import { after } from "../../web/src/visitor.js";

const MESSAGES = ["identify", "track", "page", "group", "alias"];

/**
 * `later`: it answers by promises, as one in a worker does. `effects`: (input, usual) => effects, for tests that want
 * others than the usual ones.
 */
export const createScriptedCore = ({ later = false, effects = (_, usual) => usual } = {}) => {
  const waiting = []; // ids of messages, in order
  let url = "";
  let deliveries = 0;
  let inFlight = null; // {delivery, ids}
  let buffers = false;
  let reviews = false;
  let sessions;

  const send = () => {
    if (inFlight || buffers || !waiting.length) return [];
    inFlight = { delivery: ++deliveries, ids: [...waiting] };
    return [{ type: "send", ...inFlight, url: `${url}/v1/batch`, headers: { SentAt: "2026-11-23T14:45:50.673Z" }, keepalive: false }];
  };

  const accept = (id, message, again = false) => {
    if (!again) waiting.push(id);
    return [{ type: "accept", id, message, again }, ...send()];
  };

  const messageOf = ({ type, id, at, arguments: given, identity }) => ({
    type,
    messageId: id,
    originalTimestamp: new Date(at).toISOString(),
    anonymousId: identity.anonymousId || id,
    userId: identity.userId,
    arguments: given,
  });

  const drop = (ids, reason) => {
    for (const id of ids) waiting.splice(waiting.indexOf(id), 1);
    return [{ type: "emit", name: "dropped", ids, reason }];
  };

  /** What a call changes of the visitor; the page says it where it has foreseen it. */
  const keep = (input) => {
    const changed = Object.entries(after(input.identity, input, sessions, true)).filter(([key, value]) => value !== input.identity[key]);
    return changed.length ? [{ type: "keep", identity: Object.fromEntries(changed) }] : [];
  };

  const usual = (input) => [...(input.identity && input.type !== "load" ? keep(input) : []), ...own(input)];

  const own = (input) => {
    if (input.type === "load") {
      url = input.dataPlaneUrl;
      buffers = input.policy.buffers;
      reviews = input.reviews;
      sessions = input.options.sessions;
      return [{ type: "emit", name: "ready", ids: [] }];
    }
    if (input.type === "adopt") {
      waiting.unshift(...input.messages.map(({ id }) => id));
      return [];
    }
    if (input.type === "consent") {
      buffers = input.policy.buffers;
      return [...(input.discard ? drop([...waiting], "pre_consent") : []), ...send()];
    }
    if (input.type === "response") {
      const { ids } = inFlight;
      inFlight = null;
      if (input.status !== 200) return [{ type: "wake", at: input.now + 1000 }, { type: "emit", name: "retried", ids }];
      for (const id of ids) waiting.splice(waiting.indexOf(id), 1);
      return [{ type: "emit", name: "delivered", ids }, { type: "wake", at: null }, ...send()];
    }
    if (input.type === "reviewed") return input.message ? accept(input.id, input.message) : [{ type: "emit", name: "dropped", ids: [input.id], reason: "before_send" }];
    if (!MESSAGES.includes(input.type)) return send();
    const message = messageOf(input);
    return reviews ? [{ type: "review", id: input.id, message }] : accept(input.id, message);
  };

  const core = {
    /** Every input, in order. */
    inputs: [],
    /** @returns {any[]} those of a type */
    of: (type) => core.inputs.filter((input) => input.type === type),
    /** The calls that it was given, as [type, ...arguments]. */
    calls: () => core.inputs.filter((input) => input.page && input.type !== "load").map((input) => [input.type, ...input.arguments]),
    name: "scripted 1.0",
    later,
    effects,
    handle(text) {
      const input = JSON.parse(text);
      core.inputs.push(input);
      const answer = JSON.stringify(core.effects(input, usual(input)));
      return core.later ? Promise.resolve().then(() => answer) : answer;
    },
  };
  return core;
};
