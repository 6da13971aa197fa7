import assert from "node:assert/strict";
import test from "node:test";
import { createAddresses } from "../../web/src/addresses.js";
import { createEvents } from "../../web/src/events.js";
import { inWindow } from "./window.js";

const failures = [];

/** Addresses in a page with these globals; `heard` is what was told. */
const inPage = (over, check) =>
  inWindow({ over }, (opened) => {
    failures.length = 0;
    const page = createEvents((error) => failures.push(error));
    return check(createAddresses(page), opened);
  });

/** A history that keeps what it is told. */
const createHistory = () => ({
  entries: [],
  pushState(...given) {
    if (given[2] === "forbidden") throw new Error("SecurityError");
    this.entries.push(given[2]);
  },
  replaceState(...given) {
    this.entries.splice(-1, 1, given[2]);
  },
});

const createNavigation = (currentEntry = {}) => {
  const listeners = [];
  return { currentEntry, addEventListener: (name, listener) => listeners.push([name, listener]), listeners };
};

test("the Navigation API tells, and nothing of the page's is replaced", () => {
  const history = createHistory();
  const { pushState } = history;
  const navigation = createNavigation();
  return inPage({ history, navigation }, (addresses, { listeners }) => {
    const heard = [];
    addresses.hear((type) => heard.push(type));
    const [[name, listener]] = navigation.listeners;
    assert.equal(name, "currententrychange");
    for (const navigationType of ["push", null, "traverse", "replace"]) listener({ navigationType });
    assert.deepEqual(heard, ["push", "traverse", "replace"]);
    assert.deepEqual([history.pushState, listeners], [pushState, []]);
  });
});

for (const [what, navigation] of [["without it", undefined], ["where it says nothing", createNavigation(null)], ["where it is another thing", 5], ["where it throws", { get currentEntry() { throw new Error("no"); } }]])
  test(`${what} the functions of history are wrapped`, () => {
    const history = createHistory();
    return inPage({ history, navigation }, (addresses, { window, listeners }) => {
      const heard = [];
      addresses.hear((type) => heard.push([type, history.entries.at(-1)]));
      history.pushState({}, "", "/one");
      history.replaceState({}, "", "/two");
      assert.throws(() => history.pushState({}, "", "forbidden"), /SecurityError/, "it is the page's own");
      for (const [, , listener] of listeners) listener({});
      assert.deepEqual(heard, [["push", "/one"], ["replace", "/two"], ["traverse", "/two"], ["traverse", "/two"]]);
      assert.deepEqual(listeners.map(([target, name]) => [target === globalThis, name]), [[true, "popstate"], [true, "hashchange"]]);
      assert.ok(window);
    });
  });

test("what fails in us does not reach the page", () => {
  const history = createHistory();
  return inPage({ history }, (addresses) => {
    addresses.hear(() => {
      throw new Error("ours");
    });
    history.pushState({}, "", "/one");
    assert.deepEqual([history.entries, failures.map(String)], [["/one"], ["Error: ours"]]);
  });
});

test("a page without history is one without addresses", () =>
  inPage({ history: undefined }, (addresses) => {
    addresses.hear(() => {});
    assert.deepEqual(failures, []);
  }));

for (const [entries, opened] of [
  [[{ type: "navigate", activationStart: 0 }], "navigate"],
  [[{ type: "reload" }], "reload"],
  [[{ type: "back_forward", activationStart: 0 }], "back_forward"],
  [[{ type: "navigate", activationStart: 12.5 }], "prerender"],
  [[], "navigate"],
]) {
  test(`how the page was opened: ${JSON.stringify(entries)}`, () => inPage({ performance: { getEntriesByType: () => entries } }, (addresses) => assert.equal(addresses.opened(), opened)));
}

test("how the page was opened, where nobody measures", () => inPage({ performance: undefined }, (addresses) => assert.equal(addresses.opened(), "navigate")));

test("a page that the browser opens again by itself", () =>
  inPage({}, (addresses, { document }) => {
    assert.equal(addresses.isReopened(), false);
    Object.defineProperty(Object.getPrototypeOf(document), "wasDiscarded", { value: true });
    assert.equal(addresses.isReopened(), true);
  }));

test("the title is heard of when it is another one, until that ends", () => {
  const observers = [];
  class MutationObserver {
    constructor(hear) {
      this.hear = hear;
      observers.push(this);
    }
    observe(target, how) {
      this.target = [target, how];
    }
    disconnect() {
      this.isOver = true;
    }
  }
  return inPage({ MutationObserver }, (addresses, { document }) => {
    let changes = 0;
    const proto = Object.getPrototypeOf(document);
    Object.defineProperty(proto, "head", { value: "the head" });
    const end = addresses.hearTitle(() => changes++);
    const [observer] = observers;
    assert.equal(observer.target[0], "the head");
    observer.hear();
    assert.equal(changes, 0);
    Object.defineProperty(proto, "title", { value: "Another" });
    observer.hear();
    assert.equal(changes, 1);
    end();
    assert.ok(observer.isOver);
  });
});

test("where nobody observes, titles are not heard of", () => inPage({ MutationObserver: undefined }, (addresses) => addresses.hearTitle(assert.fail)()));
