import { AnalyticsBrowser } from "@segment/analytics-next";

const sdk = AnalyticsBrowser.load(
  { writeKey: "bench", cdnURL: `${location.origin}/segment` },
  { integrations: { "Segment.io": { apiHost: `${location.host}/segment/v1`, protocol: "http" } } },
);
window.track = (n) => sdk.track("Order Completed", { n, total: 49.5, currency: "USD" });
track(0);
