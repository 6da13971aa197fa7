import assert from "node:assert/strict";
import test from "node:test";
import { createEvents } from "../../web/src/events.js";
import { inWindow } from "./window.js";

const broken = () => {
  throw new Error("no");
};

const inPage = (how, run) => inWindow(how, (opened) => run(createEvents(), opened));

test("listeners of the window and the document, whatever elements are called", () =>
  inPage({ named: { addEventListener: {}, hidden: {} } }, ({ listen, isHidden }, { document, listeners }) => {
    listen("window", "online", broken);
    listen("document", "visibilitychange", broken);
    assert.deepEqual(listeners, [[globalThis, "online", broken], [document, "visibilitychange", broken]]);
    assert.equal(isHidden(), false);
    document.isHidden = true;
    assert.equal(isHidden(), true);
  }));

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
    assert.equal(openChannel("n").name, "n");
    assert.equal(isFocused(), false);
    document.isFocused = true;
    assert.equal(isFocused(), true);
  }));

test("timers", async () => {
  const { setTimer, clearTimer } = createEvents();
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
      openChannel("n")?.close();
      listen("window", "online", () => {});
      assert.equal(isHidden(), false);
      assert.equal(isOnline(), true);
      clearTimer(setTimer(() => {}, 1));
    }));
}
