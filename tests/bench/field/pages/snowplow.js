import { newTracker, trackSelfDescribingEvent } from "@snowplow/browser-tracker";

newTracker("bench", `${location.origin}/snowplow`, { appId: "bench" });
const schema = "iglu:example.test/order_completed/jsonschema/1-0-0";
window.track = (n) => trackSelfDescribingEvent({ event: { schema, data: { n, total: 49.5, currency: "USD" } } });
track(0);
