import assert from "node:assert/strict";
import test from "node:test";
import { createWorkerPage } from "../../web/src/workerPage.js";
import { createWorkerScope } from "./worker.js";

// A worker has an address, which is no page's.
globalThis.location = { href: "blob:https://www.example.com/script.js" };

const open = (over = {}) => {
  const worker = createWorkerScope(undefined, { over });
  const told = [];
  const storage = {};
  return { ...worker, told, storage, page: createWorkerPage({ installType: "python" }, worker.scope, storage, (text) => told.push(text)) };
};

test("a worker has no address, no title, no cookies and no screen", () => {
  const { page, storage } = open();
  const { href, title, referrer, canonical, screen } = page.observe();
  assert.deepEqual([href, title, referrer, canonical, screen], ["", "", "", "", {}]);
  assert.deepEqual([page.location().href, page.readCookies(), page.isHidden(), page.isFocused(), page.elapsed()], ["", "", false, false, 12]);
  assert.deepEqual([page.storage("localStorage") === storage, page.storage("sessionStorage")], [true, undefined]);
});

test("what a listener throws is said", () => {
  const { page, listeners, lines } = open();
  page.listen("window", "online", () => {
    throw new Error("no");
  });
  const [[name, listener]] = listeners;
  listener({});
  assert.deepEqual([name, lines], ["online", ["error [rudderanalytics] JavaScript failed: Error: no"]]);
});

test("what the client says is heard by Python at once, and by others; it hears both", () => {
  const posted = [];
  class BroadcastChannel {
    constructor(name) {
      this.name = name;
      posted.push(this);
    }
    postMessage = (text) => posted.push(text);
    close = () => posted.push("closed");
  }
  const { page, told } = open({ BroadcastChannel });
  const heard = [];
  page.hear("too early");
  const channel = page.openChannel("rudderanalytics", (data) => heard.push(data));
  channel.postMessage("here");
  const [made] = posted;
  made.onmessage({ data: "from another" });
  page.hear("from Python");
  channel.close();
  assert.deepEqual([made.name, told, heard, posted.slice(1)], ["rudderanalytics", ["here"], ["from another", "from Python"], ["here", "closed"]]);
});

test("a worker without such channels has its client for itself", () => {
  const { page, told } = open();
  const channel = page.openChannel("rudderanalytics", () => {});
  channel.postMessage("here");
  channel.close();
  assert.deepEqual(told, ["here"]);
});
