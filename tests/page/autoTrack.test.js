import assert from "node:assert/strict";
import test from "node:test";
import { createBrowser, settle } from "./browser.js";
import { loaded } from "./visit.js";

test("what is not asked for is not fetched, and costs no listener", async () => {
  const counted = [];
  for (const options of [{}, { autoTrack: { enabled: false, pageViews: false } }]) {
    const names = [];
    const asked = [];
    const visited = loaded(createBrowser(), options);
    const { listen, bring } = visited.page;
    visited.page.listen = (where, name, listener) => (names.push(name), listen(where, name, listener));
    visited.page.bring = (name) => (asked.push(name), bring(name));
    await settle();
    assert.ok(visited.core.inputs.length);
    assert.deepEqual(asked, []);
    counted.push(names.sort());
  }
  assert.deepEqual(counted[0], counted[1]);
});

test("page views of a page that asks for them, with the function that names them", async () => {
  const browser = createBrowser();
  const { core } = loaded(browser, { autoTrack: { pageViews: { before: ({ title }) => title } } });
  await settle();
  await browser.advance(1000);
  assert.deepEqual(core.of("page").map(({ arguments: given }) => given), [["A title", { navigation_type: "navigate" }]]);
});

for (const [autoTrack, asked] of [
  [{ enabled: true }, true],
  [{ pageLifecycle: { enabled: true } }, true],
  [{ pageLifecycle: { enabled: true, events: ["Page Unloaded"] } }, true],
  [{ pageLifecycle: { enabled: true, events: ["Other"] } }, false],
  [{ enabled: true, pageLifecycle: { enabled: false } }, false],
  [{ pageViews: true }, false],
]) {
  test(`${JSON.stringify(autoTrack)} asks for ${asked ? "" : "no "}Page Unloaded [js 1.13]`, async () => {
    const { core, page } = loaded(createBrowser(), { autoTrack });
    await settle();
    page.fire("window", "pagehide");
    assert.deepEqual(core.of("track").map(({ arguments: [event] }) => event), asked ? ["Page Unloaded"] : []);
    const types = core.inputs.map(({ type }) => type);
    assert.equal(types.at(-1), "hidden", "what waits then goes with it");
  });
}

test("options of its own go over those of autoTrack", async () => {
  const { core, page } = loaded(createBrowser(), { autoTrack: { enabled: true, options: { a: 1, b: 1 }, pageLifecycle: { options: { b: 2 } } } });
  await settle();
  page.fire("window", "pagehide");
  assert.deepEqual(core.of("track")[0].arguments[2], { a: 1, b: 2 });
});

test("what cannot be fetched is one line, and all else goes on", async () => {
  const visited = loaded(createBrowser(), { autoTrack: { pageViews: true } });
  visited.page.bring = async () => {
    throw new Error("404");
  };
  visited.page.alone = async (action) => {
    try {
      await action();
    } catch (error) {
      visited.page.log("ERROR", "JavaScript failed:", error);
    }
  };
  await settle();
  visited.api.track("T");
  await settle();
  assert.deepEqual(visited.page.lines, ["ERROR JavaScript failed: Error: 404"]);
  assert.equal(visited.core.of("track").length, 1);
});
