import Plausible from "plausible-tracker";

const { trackEvent } = Plausible({ domain: "bench.test", apiHost: `${location.origin}/plausible`, trackLocalhost: true });
window.track = (n) => trackEvent("Order Completed", { props: { n, total: 49.5, currency: "USD" } });
track(0);
