import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

const sdk = new RudderAnalytics();
sdk.load("bench", `${location.origin}/rudderstack`, { configUrl: `${location.origin}/rudderstack` });
window.track = (n) => sdk.track("Order Completed", { n, total: 49.5, currency: "USD" });
track(0);
