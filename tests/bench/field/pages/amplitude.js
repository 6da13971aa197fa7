import * as amplitude from "@amplitude/analytics-browser";

amplitude.init("bench", {
  serverUrl: `${location.origin}/amplitude/2/httpapi`,
  remoteConfig: { serverUrl: `${location.origin}/amplitude/config` },
});
window.track = (n) => amplitude.track("Order Completed", { n, total: 49.5, currency: "USD" });
track(0);
