// Mistakes that tsc names, each in the line that ends in `// wrong`; no other line is one. Not run: tests/test_types.py
// gives it to tsc.

import { RudderAnalytics, flush, identify, load, on, page, stats, track, type DropReason, type Message } from "rudderanalytics";

const analytics = new RudderAnalytics();

export const right = async () => {
  load("KEY", "https://a.example", { logLevel: "ERROR", sessions: { autoTrack: false }, runtime: "micropython" });
  load("KEY", "https://a.example", { storage: { entries: { userId: { type: "none" } } }, useBeacon: true, configUrl: "https://b.example" });
  identify("u1", { name: "Ada", own: [1], createdAt: new Date() }, (message: Message) => message.type);
  identify({ plan: "pro" });
  track("Bought", { price: 3 });
  page("Home");
  page("Docs", "Home", { version: 2 });
  page("Docs", "Home", (message) => message.messageId);
  page({ version: 2 });
  analytics.group("g1", { seats: 3 }, () => {});
  analytics.alias("new", "old");
  const stop: () => void = on("dropped", ({ reason }) => reason.toUpperCase());
  stop();
  on("failed", ({ messageIds, status, nextTry }) => [messageIds[0].length, status + 1, (nextTry ?? 0) + 1]);
  load("KEY", "https://a.example", { beforeSendFailure: "send", queueOptions: { resendUnanswered: true } });
  const { dropped, repeated, lastFailure } = stats();
  const reason: DropReason = "expired";
  await flush(1_500 + repeated + (dropped[reason] ?? 0) + (lastFailure?.length ?? 0));
  return (await flush()).pending + 1;
};

export const wrong = async () => {
  load("KEY"); // wrong
  load("KEY", "https://a.example", { logLevel: "LOUD" }); // wrong
  load("KEY", "https://a.example", { loglevel: "ERROR" }); // wrong
  load("KEY", "https://a.example", { sessions: { autoTrak: true } }); // wrong
  load("KEY", "https://a.example", { sessions: { timeout: "30 min" } }); // wrong
  load("KEY", "https://a.example", { secureCookie: "yes" }); // wrong
  load("KEY", "https://a.example", { sameSiteCookie: "lax" }); // wrong
  load("KEY", "https://a.example", { storage: { type: "cookies" } }); // wrong
  load("KEY", "https://a.example", { storage: { entries: { user_id: { type: "none" } } } }); // wrong
  load("KEY", "https://a.example", { queueOptions: { batch: { maxItems: "10" } } }); // wrong
  load("KEY", "https://a.example", { preConsent: { events: { delivery: "later" } } }); // wrong
  load("KEY", "https://a.example", { consentManagement: { provider: "onetrust" } }); // wrong
  load("KEY", "https://a.example", { redact: "token" }); // wrong
  load("KEY", "https://a.example", { beforeSend: true }); // wrong
  load("KEY", "https://a.example", { runtime: "cpython" }); // wrong
  load("KEY", "https://a.example", { uaChTrackLevel: "all" }); // wrong
  identify("u1", "Ada"); // wrong
  identify("u1", { age: "36" }); // wrong
  identify("u1", { address: { city: 5 } }); // wrong
  track({ name: "Bought" }); // wrong
  track("Bought", 3); // wrong
  page(5); // wrong
  page("Docs", "Home", "en"); // wrong
  analytics.group("g1", ["pro"]); // wrong
  analytics.alias(); // wrong
  analytics.reset({ entries: { user_traits: false } }); // wrong
  analytics.consent({ consentManagement: { allowed: [] } }); // wrong
  on("mesage", () => {}); // wrong
  on("dropped", ({ why }) => why); // wrong
  analytics.identfy("u1"); // wrong
  analytics.getUserId() + analytics.noSuchThing; // wrong
  (await flush()).sent; // wrong
  analytics.startSession("today"); // wrong
  flush("1 s"); // wrong
  on("failed", ({ messageId }) => messageId); // wrong
  on("failed", ({ nextTry }) => nextTry + 1); // wrong
  on("dropped", ({ reason }) => reason === "to_large"); // wrong
  stats().drop; // wrong
  stats().dropped.reject; // wrong
  load("KEY", "https://a.example", { beforeSendFailure: "ignore" }); // wrong
  load("KEY", "https://a.example", { queueOptions: { resend: true } }); // wrong
  load("KEY", "https://a.example", { queueOptions: { minRetryDelay: "1 s" } }); // wrong
};
