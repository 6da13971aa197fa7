import assert from "node:assert/strict";
import test from "node:test";
import { createEvents } from "../../web/src/events.js";
import { inWindow } from "./window.js";

const broken = () => {
  throw new Error("no");
};

const inPage = (how, run) => inWindow(how, (opened) => run(createEvents(assert.fail), opened));

test("listeners of the window and the document, whatever elements are called", () =>
  inPage({ named: { addEventListener: {}, hidden: {} } }, ({ listen, isHidden }, { document, listeners }) => {
    listen("window", "online", () => {});
    listen("document", "visibilitychange", () => {});
    listen("navigation", "navigate", () => {}); // there is none
    assert.deepEqual(listeners.map(([where, name]) => [where, name]), [[globalThis, "online"], [document, "visibilitychange"]]);
    globalThis.navigation = { of: "the browser" };
    listen("navigation", "navigate", () => {});
    assert.deepEqual(listeners[2].slice(0, 2), [globalThis.navigation, "navigate"]);
    delete globalThis.navigation;
    assert.equal(isHidden(), false);
    document.isHidden = true;
    assert.equal(isHidden(), true);
  }));

test("whether those who hear that the page is left hear it now", () => {
  for (const [event, isLeaving] of [[{ type: "pagehide" }, true], [{ type: "click" }, false], [undefined, false]]) {
    inPage({ over: { event } }, (page) => assert.equal(page.isLeaving(), isLeaving));
  }
});

for (const [name, navigator, online] of [
  ["is online", { onLine: true }, true],
  ["is offline", { onLine: false }, false],
  ["does not say", {}, true],
  ["says something else", { onLine: "no" }, true],
  ["throws", { get onLine() { return broken(); } }, true],
]) {
  test(`a browser that ${name}`, () => inPage({ over: { navigator } }, ({ isOnline }) => assert.equal(isOnline(), online)));
}

test("a channel, and the focus", () =>
  inPage({ over: { BroadcastChannel: class { constructor(name) { this.name = name; } } } }, ({ openChannel, isFocused }, { document }) => {
    const heard = [];
    const channel = openChannel("n", (data) => heard.push(data));
    channel.onmessage({ data: "text" });
    assert.deepEqual([channel.name, heard], ["n", ["text"]]);
    assert.equal(isFocused(), false);
    document.isFocused = true;
    assert.equal(isFocused(), true);
  }));

test("what goes wrong in what the browser calls, or in what nobody waits for, is said, and never thrown into the page", () =>
  inWindow({}, async ({ listeners }) => {
    const said = [];
    const { listen, setTimer, later, alone } = createEvents((error) => said.push(error.message));
    listen("window", "storage", ({ key }) => key.length);
    for (const [, , listener] of listeners) listener({ key: null });
    setTimer(broken, 0);
    later(broken);
    await alone(broken);
    await alone(async () => broken());
    while (said.length < 5) await new Promise((settle) => setTimeout(settle, 1));
    assert.deepEqual(said.sort().slice(1), ["no", "no", "no", "no"]);
  }));

test("the browser's next turn comes without a MessageChannel, too", () =>
  inPage({ over: { MessageChannel: class {} } }, ({ later }) => new Promise((settle) => later(settle))));

for (const [what, performance] of [["missing", undefined], ["a text", { now: () => "soon" }], ["an element", { nodeType: 1 }], ["throwing", { now: broken }]]) {
  test(`time that nobody measures: performance is ${what}`, () => inPage({ over: { performance } }, ({ elapsed }) => assert.equal(elapsed(), undefined)));
}

test("timers", async () => {
  const { setTimer, clearTimer } = createEvents(assert.fail);
  await new Promise((settle) => {
    clearTimer(setTimer(broken, 1));
    setTimer(settle, 5);
  });
});

for (const [name, over] of [
  ["timers", { setTimeout: null, clearTimeout: null }],
  ["EventTarget", { EventTarget: undefined }],
  ["Document", { Document: undefined }],
  ["navigator", { navigator: undefined }],
  ["BroadcastChannel", { BroadcastChannel: undefined }],
]) {
  test(`nothing throws in a page that took ${name} away`, () =>
    inPage({ over }, ({ listen, isHidden, isFocused, openChannel, isOnline, setTimer, clearTimer }) => {
      assert.equal(isFocused(), false);
      openChannel("n", () => {})?.close();
      listen("window", "online", () => {});
      assert.equal(isHidden(), false);
      assert.equal(isOnline(), true);
      clearTimer(setTimer(() => {}, 1));
    }));
}
