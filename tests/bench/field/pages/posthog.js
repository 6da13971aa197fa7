import posthog from "posthog-js";

// A browser that a test drives counts as a bot otherwise, whose events are dropped.
posthog.init("bench", { api_host: `${location.origin}/posthog`, opt_out_useragent_filter: true });
window.track = (n) => posthog.capture("Order Completed", { n, total: 49.5, currency: "USD" });
track(0);
