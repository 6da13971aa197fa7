// The page's side of the core: gives it inputs, one at a time, and performs the effects that come back. It decides
// nothing: what a call means, what is sent, and when, is Python's business (sdk/rudderanalytics/core/boundary.py has the
// inputs and effects). It comes with the runtime, not with the first script: until then inputs wait (client.js).

import { adoptLeft, lineOf, messageOf, ownersOf } from "./adoption.js";
import { attempt, attempted } from "./attempt.js";
import { withDay } from "./birthday.js";
import { parse, Promise } from "./builtins.js";
import { Map, Set } from "./collections.js";
import { createConsent } from "./consent.js";
import { empty, isEmpty, KEYS } from "./cookies.js";
import { isDebugged } from "./debug.js";
import { createDeparture } from "./departure.js";
import { createEvents } from "./events.js";
import { agree, AGREED, disagree, isAnother, isNew } from "./firstVisit.js";
import { isMisfit } from "./forms.js";
import { keysOf } from "./journal.js";
import { bytesOf, toText } from "./json.js";
import { createLeaving } from "./leaving.js";
import { observedOf } from "./observed.js";
import { LEVELS } from "./options.js";
import { checkLoad } from "./optionTable.js";
import { createOutcomes } from "./outcomes.js";
import { heldOf, placeAll } from "./placement.js";
import { erase, eraseAll, lessOf, revoked, sayRevoked, wasRevoked } from "./revocation.js";
import { clearOtherScopes, preferOwn, writeAgain, writtenHere } from "./scopes.js";
import { createSharedIdentities } from "./sharedIdentities.js";
import { AREAS } from "./storage.js";
import { createTabs } from "./tabs.js";
import { bodyOf, post } from "./transport.js";
import { isForgotten, MESSAGES } from "./visitor.js";
import { createWaiting } from "./waiting.js";
import { listenToWorkers } from "./workers.js";
import { NAME as OUTBOX } from "./workerStorage.js";

/** @import {Call, Delivery, Effect, Input, Runtime} from "./types" */

/** Characters of a call's arguments. The gateway takes no message of 4,096,000 bytes or more; no interpreter should try. */
const LARGEST = 4_096_000;
/** Characters of a call's arguments with which Python may take longer than a caller should wait. */
const HEAVY = 10_000;
/** Characters of a call's arguments with which even storing it does. */
const LARGE = 100_000;
/** ms. A timer stands still while a machine sleeps: after that much the clock is looked at, too. */
const NAP = 60_000;
/** Messages that go one by one as a page is hidden, or left: browsers allow only so many requests then. */
const MOST_APART = 8;
/** Inputs with which the browser is asked whether there is a network: it does not always tell. */
const ASKING = ["tick", "shown", "flush", "hidden"];
/** ms. What was on its way as a page was left has its answer so soon once the page is back, or probably never (leaving.js). */
export const HEARD = 2_000;
/** ms that a call waits, at most, for what reads the link of an AMP page. */
const LINK = 5_000;
/** 4xx that speak of the data plane (LATER of core/delivery/outbox.py); the others speak of the message, and say nothing of what was answered near it. */
const LATER = [401, 404, 408, 425, 429];
/** Until when the data plane wants nothing, as Python says it: the key's ending. */
const COOL_UNTIL = "coolUntil";
/** Options that the page alone acts on. */
const PAGES_OWN = ["useServerSideCookies", "dataServiceEndpoint", "queryStringApi", "crossOriginAssets", "runtime", "assetsUrl", "debugParameter"];
/** What the page has decided itself where it foresaw a call (client.js); the first referrer is Python's to decide. */
const FORESEEN = Object.keys(KEYS).filter((key) => !key.startsWith("initialReferr"));

/**
 * What waits: `load` comes before all else; `queue` is the rest, in order; `callbacks` of calls, by id; `mistakes` that
 * are still to be said; the options of `load`, as texts (`given`), and with their functions (`wanted`); the `beforeSend`
 * that Python brought (`reviewer`).
 * @typedef {{given?: unknown, wanted?: unknown, reviewer?: Function, load?: Input, queue: Input[], callbacks: Map<string, Function>, mistakes: import("./optionTable").Mistake[]}} Inputs
 */

/**
 * What the client hands over.
 * @typedef {object} Parts
 * @property {import("./page").FirstPage} page
 * @property {import("./storage").BrowserStorage} storage
 * @property {import("./identity").BrowserIdentity} identity
 * @property {import("./journal").Journal} journal
 * @property {import("./ledger").Ledger} ledger
 * @property {Inputs} inputs
 * @property {(level: string, ...words: unknown[]) => void} log
 * @property {(error: unknown) => void} fail Python cannot run, or no longer
 * @property {import("./options").LoadOptions} options of `load`, as the client read them
 * @property {(type: string, values: unknown[], callback?: Function, made?: Partial<Call>) => string} take makes a call
 * @property {Record<string, any>} api the client
 * @property {typeof import("./arguments").plain} plain makes a value of the page's plain
 * @property {typeof import("./session").resume} resume the session as a page opens
 * @property {(next?: import("./policy").Policy) => import("./policy").Policy} policy the one that holds, or holds from now on
 * @property {(call: Call, before: Record<string, any>) => void} foresee keeps what a call makes of the visitor
 */

/** What other tabs say, as the argument of a call that no page can make. */
const ELSEWHERE = {};
/** ms. So long a page says that it revoked, unless it is left. */
const DAY = 86_400_000;

/** @param {string | undefined} place of a value (policy.js) */
const isStoredPlace = (place) => place === "cookieStorage" || place === "localStorage";

/** About how many characters a plain value takes as JSON, never more than it does: of a long text nothing is read. @param {any} value @returns {number} */
const sizeOf = (value) => {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || !value) return String(value).length;
  let size = 1;
  for (const key of Object.keys(value)) size += (Array.isArray(value) ? 1 : key.length + 4) + sizeOf(value[key]);
  return size;
};

/** @param {Parts} parts */
export const createCore = (parts) => {
  const { storage, identity, journal, ledger, inputs, log, fail, options, plain } = parts;
  journal.shared = createSharedIdentities(storage, journal);
  /** With what the first script could do without. @type {import("./page").Page} */
  const page = Object.assign(parts.page, { ...createEvents((error) => log("ERROR", "JavaScript failed:", error)), ...parts.page });
  /** @type {Set<string>} */
  const said = new Set();
  /** @param {string} level @param {string} text */
  const logOnce = (level, text) => {
    if (!said.has(text)) log(level, text);
    said.add(text);
  };
  const { queue, callbacks } = inputs;
  const { onLoaded, beforeSend, autoTrack: automatic } = Object(inputs.wanted);
  /** @type {Function | undefined} */
  let reviewer = typeof beforeSend === "function" ? beforeSend : inputs.reviewer;
  const outcomes = createOutcomes(ledger);
  /** @type {Runtime | undefined} */
  let runtime;
  /** Does Python know of the page? */
  let isTold = false;
  /** What Python was told first. @type {Partial<Input>} */
  let loadedWith = {};
  let ready = false;
  let busy = false;
  /** Does it wait for the browser's next turn with what is heavy? */
  let rests = false;
  /** Does Python answer later? Then the page may be gone before it has acted on a call. */
  let later = false;
  /** Where it does: what to send if the page is left now. @type {Delivery | undefined} */
  let parting;
  /** @type {unknown} */
  let timer;
  /** Client hints, which messages say. @type {object | undefined} */
  let hints;
  /** Messages by id, until they are delivered or dropped, and their places in line. @type {Map<string, {text: string, line: string}>} */
  const messages = new Map();
  /** Messages that were sent, and nobody knows what became of it. @type {Set<string>} */
  const unanswered = new Set();
  /** Messages that Python takes for delivered: others' that were not sent, and what is held apart. @type {Set<string>} */
  const leftOut = new Set();
  /** Messages that others delivered while this page was away, and what it held apart once it was back. @type {Set<string>} */
  const taken = new Set();
  /** Messages and calls that the visitor took back; Python may not have heard of it. @type {Set<string>} */
  const withdrawn = new Set();
  /** Those of them that were on their way: they are not tried again. @type {Set<string>} */
  const lastTries = new Set();
  /** Those that are on their way, and what ends waiting for an answer. @type {Map<string, () => void>} */
  const onTheirWay = new Map();
  /** Is Python dead? */
  let isOver = false;
  /** What was found out about redirects, by address. @type {Map<string, string>} */
  const redirects = new Map();
  /** The texts of the message that `beforeSend` saw: as it was asked about, and as it was answered. @type {Record<string, string>} */
  let reviewed = {};

  /** Gives the core what waits, one input at a time: the next one sees what the effects of the last one stored. */
  const pump = () => {
    sayMistakes();
    for (const name of identity.unreadable.splice(0)) say({ kind: "unreadable", name });
    while (runtime && !busy && !rests && isSettled && tabs.areClear()) {
      if (ready && queue[0]?.heavy) return wait();
      if (ready && unread.has(queue[0])) return;
      const input = ready ? queue.shift() : inputs.load;
      if (!input) return;
      if (!ready) {
        loadedWith = input;
        inputs.load = undefined;
      } else if (allowed.buffers && input.page && !input.recovered) buffered.add(/** @type {string} */ (input.id));
      isTold = true;
      const isTooLarge = !input.recovered && /** @type {any} */ (input.weight) > LARGEST;
      const text = isTooLarge ? "" : attempt(() => toText(asGiven(input)));
      if (!text || (text.length > LARGEST && toText(input.arguments ?? input.message ?? "").length > LARGEST)) {
        refuse(input);
        continue;
      }
      busy = true;
      try {
        const reply = runtime.handle(text);
        later = typeof reply !== "string";
        if (later) doWithout(input);
        if (typeof reply === "string") finish(input, reply);
        else page.alone(() => finishLater(input, reply));
      } catch (error) {
        lose(input, error);
      }
    }
  };

  /** Whoever made the call that comes next need not wait for Python. */
  const wait = () => {
    rests = true;
    queue[0].heavy = undefined;
    page.later(goOn);
  };

  const goOn = () => {
    rests = false;
    pump();
  };

  /** Python, which was here, answers this call later: the page does what cannot wait for it, as with a call that waits. @param {Input} call */
  const doWithout = (call) => {
    if (!call.page || !call.identity || call.foreseen || call.type === "load" || call.type === "consent") return;
    parts.foresee(/** @type {Call} */ (call), call.identity);
    call.foreseen = true;
    journal.keepCall(/** @type {Call} */ (call), true);
  };

  /** The input as the core takes it: with what is so now, without what is only the page's. @param {Input} input */
  const asGiven = (input) => {
    /** @type {Input} */
    const given = { ...input, foreseen: undefined, heavy: undefined, weight: undefined, erased: undefined, line: undefined, of: undefined, part: later && !queue.length, now: page.now(), elapsed: page.elapsed() };
    if (ASKING.includes(input.type)) given.online = page.isOnline();
    if (input.type === "adopted") given.waiting = queue.length;
    if (input.identity && input.type !== "load") given.fresh = page.uuid();
    // A link has been read by now, or cannot be: Python, which could read it, too, would say something else than the page does.
    if (input.type === "setAnonymousId" && !input.recovered) given.arguments = input.arguments?.slice(0, 1);
    if (input.type === "identify") given.arguments = input.arguments?.map(withDay);
    if (input.identity) given.identity = { ...input.identity, userTraits: withDay(input.identity.userTraits) };
    if (typeof input.page?.date === "string") given.page = observedOf(input.page, page.window, hints);
    if (input.type !== "load") return given;
    return { ...given, ...atLoad, options: without(loadOptions, PAGES_OWN), runtime: runtime?.name, online: page.isOnline(), coolUntil: storage.read("localStorage", journal.prefix() + COOL_UNTIL), reviews: Boolean(reviewer) };
  };

  /** Scripts that few pages need, by name, once they are asked for. @type {Record<string, Promise<any>>} */
  const scripts = {};
  /** @param {"extras.mjs" | "words.mjs"} name */
  const bring = async (name) => {
    try {
      return await (scripts[name] ||= page.bring(name));
    } catch (error) {
      delete scripts[name]; // it is asked for again where it is needed again
      throw error;
    }
  };

  const sayMistakes = () => {
    const mistakes = inputs.mistakes.splice(0);
    if (mistakes.length) page.alone(() => sayAll(mistakes));
  };

  /** @param {import("./optionTable").Mistake} mistake */
  const say = (mistake) => {
    inputs.mistakes.push(mistake);
    sayMistakes();
  };

  /** Says what is wrong, as soon as there are words for it. @param {import("./optionTable").Mistake[]} mistakes */
  const sayAll = async (mistakes) => {
    try {
      /** @type {typeof import("./words")} */
      const { inWords, isSaid, isSaidOnce, levelOf } = await bring("words.mjs");
      for (const mistake of mistakes.filter(isSaid)) (isSaidOnce(mistake) ? logOnce : log)(levelOf(mistake), inWords(mistake));
    } catch (error) {
      // A line of Python's keeps its level: without a network there are no words either.
      const level = mistakes.every((mistake) => mistake.level === "WARN") ? "WARN" : "ERROR";
      logOnce(level, `${mistakes.map(({ kind, name }) => `${name}: ${kind}`).join(", ")}; words.mjs, which says more: ${error}`);
    }
  };

  /** What DEBUG shows, if it is shown, as soon as it has come. @type {Promise<import("./debug").Debug | undefined> | undefined} */
  let debug;
  const startDebug = async () => {
    try {
      /** @type {typeof import("./words")} */
      const { createDebug } = await bring("words.mjs");
      return createDebug(page, log);
    } catch (error) {
      log("ERROR", "nothing is shown of what DEBUG shows, without words.mjs:", error);
    }
  };
  /** @param {keyof import("./debug").Debug} step @param {any[]} given what it is told */
  const show = (step, ...given) => {
    if (debug) page.alone(async () => /** @type {any} */ (await debug)?.[step](...given));
  };

  /** Says what is wrong with options. @param {import("./optionTable").Checked} found @returns {any} those that are accepted */
  const checked = ({ accepted, mistakes }) => {
    inputs.mistakes.push(...mistakes);
    sayMistakes();
    return accepted;
  };

  /** A call that could never be delivered. @param {Input} input */
  const refuse = (input) => {
    const id = /** @type {string} */ (input.id);
    log("ERROR", `${/** @type {Input} */ (input.of || input).type}: too large`);
    letGo(id, "dropped", "too_large");
  };

  /** Others get what this page stored, where Python is dead, once what is on its way has its answer: they would send it again. */
  const cedeAll = () => {
    if (isOver && !onTheirWay.size) attempt(tabs.end);
  };

  /** The interpreter is dead. @param {Input} input the one that it did not answer @param {unknown} error */
  const lose = (input, error) => {
    doWithout(input);
    queue.unshift(/** @type {Input} */ (input.of || input));
    for (const each of queue) if (each.page && each.type !== "load") journal.keepCall(/** @type {Call} */ (each));
    busy = true;
    fail(error);
  };

  /** @param {Input} input @param {string} text */
  const finish = (input, text) => {
    /** @type {Effect[]} */
    const effects = parse(text);
    parting = undefined;
    if (outcomes.fellBack(runtime?.fallbacks || 0)) show("fellBack");
    for (const effect of effects) perform(effect, input);
    show("acted", input.of || input, effects);
    if (input.page && !input.recovered) identity.keep({}); // an anonymousId that was cleared is stored again: messages say it
    const asked = effects.find((effect) => effect.type === "review");
    if (asked) return ask(input, /** @type {any} */ (asked).message);
    busy = false;
    // Listeners come last: they may call us, and then everything of this input is done.
    for (const effect of effects) tell(effect);
    const call = /** @type {Input} */ (input.of || input);
    if (call.page && call.type !== "load" && !messages.has(/** @type {string} */ (call.id))) conclude(/** @type {Call} */ (call), effects);
    // Where Python has said something already, that is enough.
    const isMute = call.page && !effects.some(({ type }) => type === "log");
    if (isMute && isMisfit(call.type, call.arguments || [])) say({ kind: "misfit", name: call.type });
    waiting.noteAtTimes();
    rest();
  };

  /** Hears that it is clear whose what is. @type {(() => void) | undefined} */
  let onClear;

  /** @param {Input} input @param {Promise<string>} reply */
  const finishLater = async (input, reply) => {
    try {
      const text = await reply;
      if (!tabs.areClear()) await new Promise((clear) => (onClear = () => clear(undefined))); // others may have the call by now
      finish(input, text);
    } catch (error) {
      return lose(input, error);
    }
    pump();
  };

  /** Nothing waits: others need not wait for this page. */
  const rest = () => {
    if (!hasAdopted || ledger.open.size || leaving.holds()) return;
    waiting.sweep();
    tabs.rest();
  };

  /** The anonymousId that this page and those which opened with it agreed on. */
  let newcomer = "";
  /** Is it a time at which tabs that agree now may have opened? @param {number} at epoch ms */
  const isClose = (at) => Math.abs(page.now() - at) < AGREED;
  /** Tabs that open at the same moment on a first visit are one visitor. @param {string} [ofWorker] the anonymousId that a worker without a page had before @returns {Promise<void>} */
  const meet = async (ofWorker) => {
    const load = /** @type {Input} */ (inputs.load);
    const found = load.identity;
    const made = found.anonymousId || ofWorker || load.id;
    // One that stores its own may just be at it: there is no session for a moment.
    const isFirst = !found.anonymousId || isNew(found, load.at) || (options.sessions.autoTrack && isEmpty(found.sessionInfo));
    // What another cookie says counts in any case.
    const isTheirs = found.anonymousId && options.externalAnonymousIdCookieName;
    if (!isFirst || isTheirs || page.isWorker || !page.locks || !isStoredPlace(load.policy.places.anonymousId)) return;
    /**
     * Where Python comes late, a tab that opened meanwhile may have stored another one: that is the visitor by now. If a
     * call gave it, nothing is to be agreed; nor where a call gave the one that was found, and tabs say another.
     * @param {(id: string) => boolean} isOther @param {boolean} isSaid
     */
    const choose = (isOther, isSaid) => {
      /** @param {string} id */
      const isTabs = (id) => isOther(id) || ownersOf(page, journal).has(id);
      if (isSaid && found.anonymousId && !isTabs(found.anonymousId)) return "";
      const stored = isClose(load.at) ? "" : identity.read().anonymousId;
      if (!stored || stored === made) return made;
      return isTabs(stored) ? stored : "";
    };
    const { own, agreed, isMade } = await agree(page, choose, (free) => tabs.keep(free, AGREED));
    if (!agreed) return;
    const owners = ownersOf(page, journal); // those, too, who came while this tab waited for its turn
    /** Did a tab make it that opened at once? @param {string} id */
    const isOfTab = (id) => id === load.id || isMade(id) || owners.has(id);
    /** @param {string} id */
    const isOfNow = (id) => id === own || id === made || isOfTab(id);
    // One that is found, and no tab's, may be of a call: what was called before is of another.
    if (agreed !== own || isOfTab(own) || ofWorker) newcomer = agreed;
    const calls = queue.filter((each) => each.identity);
    const other = calls.findIndex((each) => isAnother(/** @type {Call} */ (each)));
    if (agreed !== (found.anonymousId || load.id)) found.anonymousId = agreed;
    // Up to the call that gives another.
    for (const each of calls.slice(0, other < 0 ? calls.length : other + 1)) {
      if (each.identity.anonymousId === agreed || !isOfNow(each.identity.anonymousId)) continue;
      each.identity.anonymousId = agreed;
      // At its place: the page may be gone before it is stored again.
      if (journal.place(each.id) && !isCeded(each.id)) journal.put(each.id, "call", toText(each), each.line);
    }
    // What is stored may be that of one more that opened at once, and is gone already.
    if (other < 0 && (agreed !== own || isOfNow(identity.read().anonymousId))) identity.keep({ anonymousId: agreed });
  };

  /** Is it another page's now? What was not stored is nobody's but ours. @param {string} id */
  const isCeded = (id) => {
    const place = journal.place(id);
    return taken.has(id) || (place !== undefined && tabs.isCeded(place.key));
  };

  /** It is clear whose what this page stored under a name is. Where it is its own again, what is there no more was adopted meanwhile, and delivered, or has become a message. @param {string} name @param {boolean} isOurs */
  const cleared = (name, isOurs) => {
    for (const id of isOurs ? ledger.open : []) {
      const place = journal.place(id);
      if (!place?.key.startsWith(journal.prefix() + name)) continue;
      const { key } = place;
      if (storage.read("localStorage", key) !== null) {
        if (discarded.has(id)) journal.letGo(id); // as was decided meanwhile
        continue;
      }
      const made = lineOf(key);
      const text = storage.read("localStorage", made);
      if (text === null) {
        taken.add(id);
        journal.own(id, { ...place, identity: undefined }); // which may go
      } else journal.own(id, { key: made, size: text.length, kind: "message" });
    }
    if (tabs.areClear()) onClear?.();
    pump();
  };

  /** Of a call Python holds no message: it made none of it, it dropped it, or it could not. @param {Call} call @param {Effect[]} effects */
  const conclude = ({ id, type }, effects) => {
    const isLost = ledger.open.has(id) && MESSAGES.includes(type) && effects.some((effect) => effect.type === "fail");
    if (isLost) letGo(id, "dropped", "failed");
    else done(id);
  };

  /** A call that became no message, or none that is not delivered already. @param {string} id */
  const done = (id) => {
    if (!isCeded(id)) journal.letGo(id);
    callbacks.delete(id);
    outcomes.settle(id);
  };

  /** Shows `beforeSend` the message; until it has answered nothing else is handled. @param {Input} of @param {object} message */
  const ask = (of, message) => {
    reviewed = { asked: toText(message) }; // before the page may change it
    /** @param {Record<string, unknown>} answer */
    const next = (answer) => {
      queue.unshift({ type: "reviewed", id: of.id, of, ...answer });
      busy = false;
    };
    /** @param {unknown} answer */
    const answeredWith = (answer) => {
      const message = plain(answer).value;
      reviewed.answered = toText(message) ?? "";
      next({ message, size: bytesOf(reviewed.answered) });
    };
    /** @param {unknown} error */
    const failedWith = (error) => next({ error: String(error) });
    try {
      const answer = reviewer?.(message);
      if (typeof answer?.then !== "function") return answeredWith(answer);
      journal.keepCall(/** @type {any} */ (of)); // the page may be gone before it is answered
      page.alone(async () => {
        try {
          answeredWith(await answer);
        } catch (error) {
          failedWith(error);
        }
        pump(); // at once: nothing else may be handled in between
      });
    } catch (error) {
      failedWith(error);
    }
  };

  /** The first referrer of a page that opened is not the first one any more if another page has stored its own meanwhile. @param {Input} input @returns {string[]} */
  const knownBetter = ({ type, identity: before, page: seen }) => {
    if (type !== "load") return [];
    const { initialReferrer } = identity.read();
    const foreseen = [before.initialReferrer, seen.referrer, "$direct"].find(Boolean); // as the client did (visitor.js)
    return initialReferrer && initialReferrer !== foreseen ? ["initialReferrer", "initialReferringDomain"] : [];
  };

  /** @param {Effect} effect @param {Input} input */
  const perform = (effect, input) => {
    switch (effect.type) {
      case "keep":
        // What another page made of its calls it kept itself: even what is missing here is not put back for them.
        if (input.recovered) return;
        return identity.keep(input.foreseen ? without(effect.identity, [...FORESEEN, ...knownBetter(input)]) : effect.identity);
      case "accept": {
        const call = /** @type {Input} */ (input.of || input);
        if (withdrawn.has(effect.id)) return undefined;
        const line = messages.get(effect.id)?.line ?? call.line;
        const text = effect.reviewed ? reviewed[effect.reviewed] : toText(effect.message);
        effect.message ??= parse(text);
        messages.set(effect.id, { text, line });
        waiting.begin(effect.id);
        if (isCeded(effect.id)) return undefined;
        return keep(effect.id, text, line, effect.again, call.early || call.recovered);
      }
      case "send":
        return send(effect, input.type === "hidden");
      case "part":
        parting = effect;
        return;
      case "wake":
        page.clearTimer(timer);
        if (effect.at !== null) wakeAt(effect.at, effect.at - page.now());
        return;
      case "remember":
        return void storage.write("localStorage", journal.prefix() + COOL_UNTIL, effect.coolUntil);
      case "log":
        if (LEVELS.indexOf(effect.level) < LEVELS.indexOf(options.logLevel)) return; // nor are words fetched for it
        return effect.kind ? say({ ...effect, name: effect.text }) : log(effect.level, effect.text);
      case "fail":
        return log("ERROR", effect.text);
      case "emit":
        // Before the next one goes: if the page died in between, another would send these, and late.
        if (effect.name === "dropped") for (const id of effect.ids) if (!isCeded(id)) journal.letGo(id);
    }
  };

  /** @param {number} at epoch ms @param {number} wait ms: the clock can be set meanwhile */
  const wakeAt = (at, wait) => {
    const nap = wait < NAP ? wait : NAP; // not Math.min: one that a page put in its place may answer nothing, and then it never rests
    timer = page.setTimer(() => (nap < wait && page.now() < at ? wakeAt(at, wait - nap) : signal("tick")), nap);
  };

  /**
   * Stores a message, in place of its call, where there is room. Where there is none, a call that waited for Python stays
   * stored; one that was stored only while Python, which is elsewhere, acted on it takes up no more room than its message.
   * @param {string} id @param {string} text @param {string} line @param {boolean} again it says more now @param {boolean} waited
   */
  const keep = (id, text, line, again, waited) => {
    if (discarded.has(id) || (journal.place(id)?.kind === "message" && !again)) return;
    const hasRoom = journal.used.message + text.length <= loadOptions.outboxMaxBytes;
    if (hasRoom) journal.put(id, "message", text, line); // where storage is full, the call stays
    else if (!waited) journal.letGo(id);
  };

  /** @param {Effect} effect */
  const tell = (effect) => {
    if (effect.type === "accept" && !effect.again && !withdrawn.has(effect.id)) accepted(effect.id, /** @type {object} */ (effect.message));
    if (effect.type !== "emit") return;
    const { name, reason } = effect;
    const ids = effect.ids.filter((id) => !withdrawn.has(id));
    if (name === "ready") {
      ready = true;
      leaving.wake();
      if (typeof onLoaded === "function") ledger.guard(onLoaded, parts.api);
      outcomes.tell("ready");
    } else if (name === "retried") outcomes.counts.retried += ids.length;
    else if (name === "failed") {
      outcomes.fail(ids, /** @type {import("./types").Failed} */ (effect));
      show("failed", ids, effect);
    } else {
      if (name === "dropped") show("dropped", ids, reason);
      for (const id of ids) letGo(id, /** @type {"dropped"} */ (name), reason);
    }
  };

  /** @param {string} id @param {object} message */
  const accepted = (id, message) => {
    const callback = callbacks.get(id);
    callbacks.delete(id);
    if (callback) ledger.guard(callback, message);
    outcomes.counts.accepted++;
    outcomes.tell("message", message);
  };

  /** @param {string} id @param {"delivered" | "dropped"} name @param {string} [reason] */
  const letGo = (id, name, reason) => {
    if (leftOut.delete(id) && name === "delivered" && !isCeded(id)) return adoptAgain(id);
    const wasMessage = messages.delete(id);
    waiting.end(id);
    unanswered.delete(id);
    leaving.doubtful.delete(id);
    if (stillHeld.delete(id)) leaving.forget([id]);
    callbacks.delete(id);
    const isOurs = !isCeded(id);
    taken.delete(id);
    if (isOurs) journal.letGo(id);
    // All that is dropped was accepted, so that the counts add up.
    if (isOurs && !wasMessage && name === "dropped") outcomes.counts.accepted++;
    if (isOurs) outcomes.settle(id, name, reason);
    else outcomes.settle(id);
  };

  /** The visitor took back what allowed these: they are dropped, and Python forgets them. @param {string[]} ids */
  const withdraw = (ids) => {
    if (!ids.length) return;
    const gone = new Set(ids);
    const calls = queue.filter((each) => each.page && gone.has(each.id));
    const others = new Set(calls.filter(({ type }) => !MESSAGES.includes(type)).map(({ id }) => id));
    const left = queue.filter((each) => !calls.includes(each));
    queue.splice(0, queue.length, ...left, { type: "forget", ids });
    for (const id of ids) withdrawn.add(id);
    const dropped = ids.filter((id) => !others.has(id));
    show("dropped", dropped, "consent");
    for (const id of others) done(id);
    for (const id of dropped) letGo(id, "dropped", "consent");
  };

  /** What is still sent says what was decided; what is not allowed any more is not. @param {Call} call @param {NonNullable<ReturnType<typeof lessOf>>} less */
  const lessen = (call, less) => {
    const gone = queue.filter((each) => each !== call && each.page && MESSAGES.includes(each.type) && less.takesCall(each.identity)).map(({ id }) => id);
    for (const [id, { text, line }] of messages) {
      const retold = less.retold(text);
      if (retold === text) continue;
      if (retold !== null) {
        messages.set(id, { text: retold, line });
        if (journal.place(id)?.kind === "message" && !isCeded(id)) journal.put(id, "message", retold, line);
      } else if (!onTheirWay.has(id)) gone.push(id);
      else {
        lastTries.add(id);
        if (!isCeded(id)) journal.letGo(id);
      }
    }
    withdraw(gone);
  };

  /**
   * @param {Delivery} asked @param {boolean} isHidden may the page be gone before there is an answer? Then each message goes on its own (leaving.js)
   * @param {boolean} [isNow] the page is not left for one that could send it
   */
  const send = (asked, isHidden, isNow) => {
    if (!isNow && (departure.isNear() || !isHidden) && !leaving.isWell()) return departure.postpone(() => send(sentNow(asked), isHidden, true));
    departure.hurry(); // in their order
    const { delivery, ids, keepalive } = asked;
    const lost = ids.filter((id) => !messages.has(id));
    if (lost.length) signal("lost", { delivery, ids: lost });
    const ours = ids.filter((id) => messages.has(id) && !isCeded(id));
    for (const id of ids) if (messages.has(id) && isCeded(id)) leftOut.add(id);
    // Python need not know that others send them.
    if (!ours.length && lost.length < ids.length) respond(delivery, { status: 200, retryAfter: null });
    if (!ours.length) return;
    for (const id of ours) if (unanswered.delete(id)) outcomes.counts.repeated++;
    const areApart = isHidden && keepalive && ours.length === ids.length && ids.length <= MOST_APART && leaving.isWell();
    if (areApart) for (const id of ids) page.alone(() => request(asked, [id], ids.length > 1));
    else page.alone(() => request(asked, ours, false));
  };

  /** Tells Python what became of a delivery. @param {unknown} delivery @param {object} answer @param {string[]} [ids] of which it is, where others went on their own */
  const respond = (delivery, answer, ids) => signal("response", { delivery, ids, ...answer, id: page.uuid() });

  /** @param {Delivery} asked @returns {Delivery} that says that it is sent now */
  const sentNow = (asked) => ({ ...asked, headers: { ...asked.headers, SentAt: new Date(page.now()).toISOString() } });

  /** @param {Delivery} asked @param {string[]} ours those of its messages that go @param {boolean} isPart do others go on their own? */
  const request = async (asked, ours, isPart) => {
    const { delivery, ids, url, headers, keepalive } = asked;
    const texts = ours.map((id) => /** @type {{text: string}} */ (messages.get(id)).text);
    const isCarried = keepalive && ours.length === 1;
    leaving.started(ours, ours, isCarried);
    const began = page.now();
    let isGivenUp = false;
    const giveUp = () => {
      const [id] = ours;
      const sent = messages.get(id);
      // What was taken back is not tried again; what others may have is not given up before that is clear.
      if (!sent || onTheirWay.get(id) !== giveUp || lastTries.has(id) || !tabs.areClear()) return;
      isGivenUp = true;
      const isApart = isCarried && (isCeded(id) || leaving.hold([], [{ id, text: sent.text, at: atOf(sent) }], ours).size > 0);
      for (const each of ours) onTheirWay.delete(each);
      if (isApart) {
        taken.add(id);
        leftOut.add(id);
      } else for (const each of ours) unanswered.add(each);
      respond(delivery, { status: isApart ? 200 : 0, retryAfter: null }, isPart ? ours : undefined);
    };
    for (const id of ours) onTheirWay.set(id, giveUp);
    const to = isPart ? url.replace(/batch$/, parse(texts[0]).type) : url;
    const { kind, isLate, ...answer } = await post(page, to, headers, bodyOf(texts, headers.SentAt, ids.length > 1 && !isPart), keepalive, redirects);
    show("delivered", { ...asked, url: to }, texts, answer, page.now() - began);
    if (!answer.status) await new Promise((settle) => page.later(/** @type {() => void} */ (settle))); // leaving.js says why
    const isGood = answer.status >= 200 && answer.status < 300 && !answer.movedTo;
    // At once: the page may be left before Python hears of it. And others to whom it was ceded need not send what they have not read yet.
    if (isGood) for (const id of ours) journal.letGo(id);
    const isRefusal = answer.status >= 400 && answer.status < 500 && !answer.movedTo && !LATER.includes(answer.status);
    const { arrived, again } = leaving.answered(ours, isRefusal || (isGivenUp && isLate) ? undefined : isGood);
    if (!isGivenUp) for (const id of ours) onTheirWay.delete(id);
    cedeAll();
    if (!isGood) withdraw(ours.filter((id) => lastTries.has(id)));
    for (const id of arrived) if (!stillHeld.has(id)) outcomes.settle(id, "delivered");
    rest();
    if (isGivenUp) return sendAgain(again);
    if (!answer.status) for (const id of ours) unanswered.add(id);
    if (kind) say({ kind: "foreign", name: kind });
    respond(delivery, answer, isPart ? ours : undefined);
    sendAgain(again);
  };

  /** Python believes that it is delivered, but it was left to a page that is gone. @param {string} id */
  const adoptAgain = (id) => {
    const message = /** @type {{text: string, line: string}} */ (messages.get(id));
    queue.push({ type: "adopt", messages: [{ ...messageOf(message.text), id, at: atOf(message) }] });
  };

  /** Messages that Python has, and that are held apart still: there was no room to store them anew. @type {Set<string>} */
  const stillHeld = new Set();
  /** @param {import("./leaving").Left} left @param {string} line */
  const storeHeld = ({ id, text }, line) => {
    if (journal.put(id, "message", text, line)) stillHeld.delete(id);
    else stillHeld.add(id);
  };

  /** Python has not heard of these, which were on their way when a page before this one was left. @param {import("./leaving").Left[]} left */
  const sendAgain = (left) => {
    // Others had these since this page was left, and are gone: Python has them, and they are stored as ours again.
    for (const each of left.filter(({ id }) => ledger.open.has(id) && (isCeded(id) || stillHeld.has(id)))) {
      taken.delete(each.id);
      storeHeld(each, journal.line(each.at));
    }
    const fresh = left.filter(({ id }) => !ledger.open.has(id));
    const adopted = fresh.flatMap(({ id, text, at }) => {
      const message = messageOf(text);
      return message ? { ...message, id, text, at } : [];
    });
    for (const each of adopted) {
      const { id, text, at } = each;
      ledger.open.add(id);
      unanswered.add(id);
      leaving.doubtful.add(id);
      const line = journal.line(at);
      messages.set(id, { text, line });
      waiting.begin(id);
      storeHeld(each, line);
    }
    const stored = left.map(({ id }) => id).filter((id) => !stillHeld.has(id));
    if (stored.length) leaving.forget(stored);
    if (adopted.length) queue.push({ type: "adopt", messages: adopted.map(({ text, ...message }) => ({ ...message, doubtful: true })) });
    pump();
  };

  /** Something happened in the page. @param {string} type @param {Record<string, unknown>} [detail] */
  const signal = (type, detail) => {
    if (!isTold && type !== "consents") return; // `load` says the rest
    queue.push({ type, ...detail });
    if (type === "hidden") {
      rests = false; // there may be no next turn
      unread.clear();
    }
    pump();
  };

  /** @param {Record<string, unknown>} values @param {string[]} keys */
  const without = (values, keys) => Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));

  /** @param {{line?: string}} left */
  const ownerOf = ({ line = "" }) => line.split(".")[0];

  /** @param {{line?: string}} left */
  const countOf = ({ line = "" }) => +line.split(".")[1];

  /** @param {{line: string}} message @returns {number} when it was called, epoch ms */
  const atOf = ({ line }) => +line.split(".")[2];

  /** What pages before this one left goes before all that waits. @param {string[]} gone their owners @param {Input[]} [then_] what Python hears after that */
  const takeOver = (gone, then_ = []) => {
    const { left, unreadable } = adoptLeft(page, journal, storage, gone, (id) => ledger.open.has(id));
    for (const id of taken) {
      const place = journal.place(id);
      if (place && storage.read("localStorage", place.key) !== null) taken.delete(id); // it is this page's again
    }
    if (unreadable) say({ kind: "broken", name: String(unreadable) });
    /** @type {Input[]} */
    const found = [];
    const seenBy = new Map(gone.map((owner) => [owner, waiting.seen(owner)]));
    const apart = leaving.hold(gone, left);
    /** Pages that gave the visitor another anonymousId themselves. */
    const others = new Set(left.filter((each) => !("text" in each) && isAnother(each)).map(ownerOf));
    for (const each of left) {
      if (apart.has(each.id)) continue;
      ledger.open.add(each.id);
      if ("text" in each) {
        const { text, line, ...rest } = each;
        const doubtful = leaving.doubtful.has(each.id) || undefined;
        if (doubtful) unanswered.add(each.id);
        const message = { ...rest, waited: seenBy.get(ownerOf(each))?.(countOf(each)), doubtful };
        messages.set(each.id, { text, line });
        waiting.begin(each.id, message.waited);
        const before = found[found.length - 1];
        if (before?.type === "adopt") before.messages.push(message);
        else found.push({ type: "adopt", messages: [message] });
      } else {
        each.foreseen = true; // the page that made it kept what it says of the visitor, who may be another one now
        if (each.type === "reset" && !each.erased) resetUnkept(each); // it was left before this module came
        each.identity ||= { ...empty(), anonymousId: ownerOf(each) }; // nobody knows whose it is
        const isOfNow = newcomer && !others.has(ownerOf(each)) && isClose(each.at) && isNew(each.identity, each.at);
        if (isOfNow && isNew(identity.read(), each.at)) each.identity.anonymousId = newcomer; // firstVisit.js says why
        found.push(/** @type {any} */ (each));
      }
    }
    // After what was adopted before.
    const own = queue.findIndex(({ type, recovered }) => !recovered && !["adopt", "reviewed"].includes(type));
    queue.splice(own < 0 ? queue.length : own, 0, ...found, ...then_);
    waiting.sweep(); // of some names all is held apart
    if (left.some(({ type }) => type === "revoke")) follow(); // its page had no time to act on it
    pump();
    rest();
  };

  /** What waits goes out. @param {boolean} left may the page be gone when Python answers? */
  const hurry = (left) => {
    departure.hurry();
    const sent = left || !busy ? parting : undefined;
    if (sent) {
      parting = undefined;
      send(sentNow(sent), true);
    }
    signal("hidden", { parted: sent?.delivery });
  };

  /** The page is hidden or, if `left`, may not be there when Python answers. @param {boolean} left */
  const hide = (left) => {
    keepUnstored();
    for (const act of atHide) act(left);
    hurry(left);
    waiting.note();
    if (left) tabs.leave(leaving.note);
  };

  /** Large calls that are still to be stored. @type {Set<Call>} */
  const unstored = new Set();
  const { keepCall } = journal;
  /** @param {Call} call @param {boolean} [anew] */
  const keepNow = (call, anew) => {
    if (!discarded.has(call.id)) keepCall({ ...call, heavy: undefined, weight: undefined }, anew);
  };
  const keepUnstored = () => {
    for (const call of unstored) if (ledger.open.has(call.id) && toText(call.arguments).length <= LARGEST) keepNow(call, journal.place(call.id)?.kind === "call");
    unstored.clear();
  };

  // What is large is stored when Python has had its turn, if it is a call still, or as the page is left; what can never be
  // sent is not.
  journal.keepCall = (call, anew) => {
    const weight = call.weight ?? 0;
    if (weight <= LARGE) return keepNow(call, anew);
    if (weight > LARGEST) return undefined;
    if (!unstored.size) page.later(() => page.later(keepUnstored));
    unstored.add(call);
    return undefined;
  };

  /** Those of `load`, accepted and complete. */
  const loadChecked = checkLoad(inputs.given);
  if (typeof inputs.given === "string") loadChecked.mistakes[0].value = inputs.given; // `data-options` that are no JSON: advice.js says where
  const loadOptions = checked(loadChecked);
  if (loadOptions.beforeSend) {
    loadOptions.beforeSend = null;
    reviewer ||= () => {
      throw new Error("the load option is no function");
    };
  }
  const tabs = createTabs(page, storage, journal, (gone) => (isSettled ? takeOver(gone) : void early.push(...gone)), cleared, () => isLeft || page.isLeaving());
  /** Owners that were gone before it was known whose is what. @type {string[]} */
  const early = [];
  const leaving = createLeaving(page, storage, journal, { current: tabs.name, name: () => journal.owner }, loadOptions.queueOptions.resendUnanswered);
  const departure = createDeparture(page);
  const waiting = createWaiting(page, storage, journal, tabs.isCeded);
  /** Of this page's cookies; to find their domain takes a while. */
  const attributesOf = () => {
    const domain = options.domain === undefined ? storage.widestDomain() : options.domain;
    return { ...options.cookie, domain, ...(options.lifetime && { expires: page.now() + options.lifetime }) };
  };
  /** @type {import("./rememberedConsent").RememberedConsent | undefined} */
  let remembered;
  const consent = createConsent(parts, loadOptions.consentManagement, checked, say, signal);
  if (isDebugged(page, storage, options, loadOptions.debugParameter)) debug = startDebug();
  clearOtherScopes(page, storage, say);
  /** @param {(stateKey: string) => boolean} isGone */
  const eraseWhat = (isGone) => erase(page, storage, Object.keys(KEYS).filter(isGone).map((key) => KEYS[key]), options.cookie.path);
  /** A reset removes also what is stored where nothing is kept now; before the decision one that names all does, others are kept in mind. @param {Call} call */
  const resetUnkept = (call) => {
    const [given] = call.arguments;
    const entries = typeof given === "boolean" ? { anonymousId: given } : Object(given).entries;
    identity.read();
    for (const [key, name] of Object.entries(KEYS)) if (isForgotten(key, Object(entries)) && identity.placeOf(key) === "none") identity.remove(name, AREAS);
    if (Object.keys(KEYS).every((key) => Object(entries)[key] === true)) eraseWhat((key) => identity.placeOf(key) === "held");
    call.erased = true;
  };

  /** This page's calls that Python has, or `beforeSend`, and is to hold until the visitor decides. @type {Set<string>} */
  const buffered = new Set();
  /** What the visitor decided to discard, of which Python has not heard yet: nothing of it is stored any more. @type {Set<string>} */
  const discarded = new Set();
  /** @param {Call} decision */
  const discardBefore = (decision) => {
    const at = queue.indexOf(decision);
    for (const { page: seen, recovered, id } of at < 0 ? queue : queue.slice(0, at)) if (seen && !recovered) buffered.add(id);
    for (const id of buffered) {
      discarded.add(id);
      if (tabs.areClear() && !isCeded(id)) journal.letGo(id); // others may have it by now
    }
    buffered.clear();
  };

  /** What the last decision allowed. */
  let allowed = inputs.load?.policy || parts.policy();

  /** @param {Call} call */
  const decide = (call) => {
    const policy = /** @type {import("./policy").Policy} */ (call.policy);
    if (parts.policy() !== policy) {
      // It was made before this code came, after a `revoke()`.
      parts.policy(policy);
      storage.hush(policy.quiet);
      identity.settle(policy.places, "");
    }
    const isFirst = allowed.buffers || allowed.hides;
    const before = { places: allowed.places, allowed: isFirst ? [] : consent.current().allowedConsentIds };
    consent.decide(call);
    if (call.discard && allowed.buffers) discardBefore(call);
    allowed = policy;
    knownAt = call.at;
    const consents = consent.current();
    startServerCookies();
    eraseWhat((key) => policy.places[key] === "none");
    const said = Object(Object(call.arguments[0]).consentManagement);
    const onlyDenies = Array.isArray(said.deniedConsentIds) && !Array.isArray(said.allowedConsentIds);
    const less = lessOf(before, { places: policy.places, consents, onlyDenies });
    if (!less) return;
    queue.unshift({ type: "consents", consents }); // what waits for Python says it, too
    lessen(call, less);
  };

  /** @type {typeof import("./extras") | undefined} */
  let extras;
  /** @type {ReturnType<typeof import("./serverCookies").startServerCookies> | undefined} */
  let serverCookies;

  /** Once cookies may be set. */
  const startServerCookies = () => {
    if (!loadOptions.useServerSideCookies || storage.isQuiet()) return;
    serverCookies ||= extras?.startServerCookies(page, storage, journal, options, loadOptions, attributesOf, logOnce);
    if (!serverCookies) say({ kind: "unreached", name: "useServerSideCookies" });
  };

  /** All of ours is removed, and nothing is stored or sent until the visitor decides again. @param {Call} call becomes a decision */
  const revoke = (call) => {
    const isOurs = call.arguments[0] !== ELSEWHERE;
    const policy = parts.policy(revoked());
    const later = queue.includes(call) ? queue.splice(queue.indexOf(call)) : [];
    const kept = new Set([call.id, ...later.map(({ id }) => id)]);
    allowed = call.policy = policy;
    knownAt = call.at;
    if (inputs.load) inputs.load.policy = policy;
    parting = undefined;
    newcomer = "";
    for (const name of Object.values(KEYS)) storage.writeCookie(name, null, {}); // in place of what is still to be written
    storage.hush(true);
    serverCookies?.stop();
    serverCookies = undefined;
    identity.forget();
    identity.move(policy.places);
    eraseAll(page, storage, options.cookie.path);
    identity.keep({ anonymousId: page.uuid(), sessionInfo: parts.resume({}, options.sessions, call.at) });
    consent.revoke(call);
    disagree(page);
    if (isOurs) {
      tellOthers();
      sayRevoked(page, knownAt, (free) => tabs.keep(free, DAY));
    }
    withdraw([...ledger.open].filter((id) => !kept.has(id)));
    for (const each of later) {
      if (each.page) each.identity = identity.read();
      if (each.page) parts.foresee(/** @type {Call} */ (each), each.identity);
      queue.push(each);
    }
  };

  /** Other tabs are told. */
  let tellOthers = () => {};
  /** Another tab revoked. */
  const follow = () => void parts.take("revoke", [ELSEWHERE]);

  /** Did the visitor revoke meanwhile? @param {boolean} isBack the page comes from the back/forward cache */
  const lookWhetherRevoked = async (isBack) => {
    const isAsking = options.preConsent && options.managesConsent && isStoredPlace(parts.policy().places.anonymousId);
    storage.look();
    // Where messages wait, nobody revoked: a page that keeps nothing of the visitor, or somebody else, removed the values.
    const isGone = isBack && isAsking && !keysOf(page).length && Object.values(KEYS).every((name) => AREAS.every((area) => identity.textIn(area, name) === null));
    if (isGone || (await wasRevoked(page, knownAt))) follow();
  };

  /** What few pages need; a page goes on without it. */
  const bringExtras = async () => {
    try {
      extras = await bring("extras.mjs");
    } catch (error) {
      say({ kind: "without", name: "extras.mjs", detail: String(error) });
    }
  };

  /** What workers that had no page left undelivered is delivered by this one. @returns {Promise<string | undefined>} the anonymousId of their visitor; undefined where there were none */
  const takeFromWorkers = async () => {
    // A worker's are its own. Where nothing can be stored, as in a sandboxed frame, Chromium reports the question itself as an error.
    const isPlace = !page.isWorker && !storage.isQuiet() && page.storage("localStorage");
    const databases = isPlace ? await page.window.indexedDB.databases() : [];
    if (!databases.some((/** @type {IDBDatabaseInfo} */ { name }) => name === OUTBOX)) return;
    await bringExtras();
    return await extras?.takeOutbox(page, storage, journal.prefix(), async () => takeOver(await tabs.watch()));
  };

  /** What the client cannot know of a call. @param {Call} call */
  const resolve = (call) => {
    call.early = !ready;
    call.weight = sizeOf(call.arguments);
    call.heavy = call.weight > HEAVY && call.weight <= LARGEST;
    if (call.type === "reset") resetUnkept(call);
    if (call.type === "consent" && !call.consents) decide(call);
    if (call.type === "revoke") revoke(call);
    if (call.type === "setAnonymousId") page.alone(() => waitForLink(call));
    if (isSettled && isAnother(call)) disagree(page);
  };

  /** Calls with a link of an AMP page that is still to be read; they wait for what reads it. @type {Set<Input>} */
  const unread = new Set();

  /** @param {Call} call */
  const waitForLink = async (call) => {
    if (typeof call.arguments[1] !== "string") return;
    const read = () => extras?.readLink(call, observedOf(call.page, page.window, hints), queue, identity, journal);
    if (extras) return read();
    unread.add(call);
    await Promise.race([bringExtras(), page.after(LINK)]);
    read();
    unread.delete(call);
    pump();
  };

  /** What acts as the page is hidden, before what waits is sent. @type {((left: boolean) => void)[]} */
  const atHide = [];

  /** What the page's visitor does becomes calls, where that is asked for. @param {Input} opened the load that counts */
  const track = async ({ at, page: seen }) => {
    /** @type {typeof import("./autoTrack")} */
    const { autoTrack } = await page.bring("autoTrack.mjs");
    autoTrack({ page, take: parts.take, log, logOnce, atHide: (act) => void atHide.push(act), opened: { at, page: seen } }, loadOptions.autoTrack, automatic);
  };

  let begun = false;
  /** Is the page left, as it was told? Then it is hidden, too, a moment later. */
  let isLeft = false;
  /** When this page was opened, or the visitor decided here: what was revoked before is no news. Epoch ms. */
  let knownAt = 0;
  /** Is it known whose is what this page has stored so far? Nothing is done before. */
  let isSettled = !page.locks;
  /** Is it known what pages before this one left? */
  let hasAdopted = false;
  /** What Python is told of the visitor's decision with `load`, whatever is decided before it hears of it. @type {object | undefined} */
  let atLoad;

  // Last: all that they need is there.
  page.listen("document", "visibilitychange", () => {
    if (!page.isHidden()) signal("shown");
    else if (!isLeft) hide(false); // what is sent after the page has noted what is on its way nobody would know of
  });
  // After tabs.js. What is started in `pagehide` may be too late (docs/delivery.md); amid faults it would be sent again.
  page.listen("window", "beforeunload", () => {
    if (leaving.isWell()) hurry(false);
    tabs.noteParting(leaving.note);
  });
  page.listen("window", "pagehide", () => {
    isLeft = true;
    hide(true);
  });
  page.listen("window", "pageshow", ({ persisted }) => {
    isLeft = false;
    departure.stay();
    if (persisted) page.alone(() => lookWhetherRevoked(true)); // first: what follows may store
    if (persisted) {
      const left = [...onTheirWay.values()];
      page.setTimer(() => left.forEach((giveUp) => giveUp()), HEARD);
    }
    signal("shown");
  });
  page.listen("window", "online", () => signal("online"));
  page.listen("window", "offline", () => {
    signal("offline");
    sendAgain(leaving.offline());
  });

  return {
    signal,
    pump,
    outcomes,

    /** Python cannot run, or no longer: another page delivers what is stored. */
    giveUp() {
      attempt(outcomes.giveUp);
      isOver = true;
      cedeAll();
    },

    /** What must come before anything is told: old cookies are opened, consent managers asked. @returns {Promise<void>} */
    async prepare() {
      if (!parts.policy().quiet) {
        if (inputs.load) writeAgain(storage, writtenHere(storage, identity), attributesOf);
        else preferOwn(storage, Object.values(KEYS), attributesOf);
      }
      const held = heldOf(storage, identity); // what old cookies say, once they are opened, must not overrule it
      const sealed = loadOptions.storage.migrate && page.subtle ? identity.sealed() : [];
      const isNeeded = sealed.length > 0 || loadOptions.uaChTrackLevel === "full" || loadOptions.consentManagement.enabled || loadOptions.preConsent.remember || loadOptions.useServerSideCookies;
      if (isNeeded) await bringExtras();
      /** @param {unknown} found */
      const hint = (found) => void (hints = plain(found).value);
      if (loadOptions.uaChTrackLevel === "default") hint(attempt(() => page.window.navigator.userAgentData));
      if (loadOptions.uaChTrackLevel === "full") extras?.askForHints(page.window).then(hint);
      if (sealed.length) await extras?.openLegacy(sealed, identity.opened, /** @type {SubtleCrypto} */ (page.subtle));
      if (identity.sealed().length) say({ kind: "sealed", name: "RudderEncrypt" });
      if (loadOptions.preConsent.remember) remembered = extras?.createRememberedConsent(storage, options.encodes, attributesOf);
      consent.start(extras, remembered);
      atLoad = consent.told(inputs.load?.policy || parts.policy());
      placeAll(page, storage, identity, say, held);
      startServerCookies();
    },

    resolve,

    /** @param {Runtime | undefined} interpreter that holds Python's core; none: the page's own will come */
    attach(interpreter) {
      runtime ||= interpreter;
      pump();
    },

    /** `load` has happened: looks for what pages before this one left. */
    begin() {
      if (begun) return;
      begun = true;
      knownAt = inputs.load?.at ?? page.now();
      page.listener ||= parts;
      tellOthers = listenToWorkers(page, parts.api, parts.take, follow, page.listener === parts, atHide);
      const opened = /** @type {Input} */ (inputs.load);
      const { enabled, pageLifecycle, pageViews, errors } = loadOptions.autoTrack;
      if (enabled || pageLifecycle.enabled || pageViews.enabled || errors) page.alone(() => track(opened));
      remembered?.decideAgain(parts);
      for (const call of [...queue]) if (call.page) resolve(/** @type {Call} */ (call));
      const isFirstVisit = !isSettled && opened?.identity.anonymousId === "";
      const settle = async () => {
        const asked = isFirstVisit ? attempted(takeFromWorkers) : undefined;
        await tabs.settle();
        const ofWorker = asked && (await asked); // beside the other question: each takes the browser some milliseconds
        await page.alone(() => meet(ofWorker));
        await lookWhetherRevoked(false);
        if (queue.some((each) => isAnother(/** @type {Call} */ (each)))) disagree(page);
        isSettled = true;
        const waiting = queue.splice(0);
        for (const input of waiting) {
          if (isCeded(input.id)) done(input.id);
          else queue.push(input);
        }
        pump();
        const gone = await tabs.watch();
        hasAdopted = true;
        takeOver([...early, ...gone], [{ type: "adopted" }]);
        sendAgain(leaving.release());
        if (isFirstVisit) return;
        if ((await attempted(takeFromWorkers)) !== undefined) takeOver(await tabs.watch());
      };
      page.alone(settle);
      pump();
    },

    /** Shows how things are, and from now on every step. */
    debug() {
      debug ||= startDebug();
      const { writeKey, dataPlaneUrl } = loadedWith;
      const stored = keysOf(page, journal.prefix());
      show("show", { runtime: runtime?.name ?? "not up yet", writeKey, dataPlaneUrl, options: loadOptions, visitor: identity.read(), stats: outcomes.stats(), stored });
    },

    /** Does Python act on a call before the call returns? @param {Call} call */
    answersAtOnce: (call) => ready && !busy && !later && !queue.length && !call.heavy && !unread.has(call) && tabs.areClear(),

    isReady: () => ready,
  };
};

/** @typedef {ReturnType<typeof createCore>} Core */
