// Shows who the visitor is, from the client's getters, and which message of this page arrived, from the data plane.

const element = (id) => document.getElementById(id);
const { lastSeq } = document.querySelector("[data-last-seq]").dataset;

/** The client, once it is there; before, window.rudderanalytics is an array that keeps the calls. */
const client = () => (Array.isArray(window.rudderanalytics) ? undefined : window.rudderanalytics);

export const refresh = () => {
  const ready = client();
  if (!ready) return;
  element("anonymous-id").textContent = ready.getAnonymousId() || "–";
  element("user-id").textContent = ready.getUserId() || "–";
  element("traits").textContent = JSON.stringify(ready.getUserTraits() ?? {}, null, 2);
};

const say = (text, state) => {
  element("status").textContent = text;
  element("status").dataset.state = state;
};

window.rudderanalytics.push(["ready", () => (say("Python is ready.", "good"), refresh())]);
window.rudderanalytics.push(["on", "message", refresh]);
window.rudderanalytics.push(["on", "delivered", () => (say("Delivered.", "good"), refresh())]);
window.rudderanalytics.push(["on", "dropped", () => say("A message was dropped; the console says why.", "bad")]);
addEventListener("load", refresh);
// Python in a worker answers a moment after the call; what it keeps is in cookies.
window.cookieStore?.addEventListener("change", refresh);

new EventSource(`/api/events/stream?after=${lastSeq}`).onmessage = ({ data }) => {
  const { seq, path, message } = JSON.parse(data);
  const own = client()?.getAnonymousId();
  if (own && message.anonymousId !== own) return;
  element("arrived-line").textContent = `Message ${seq}, to ${path}`;
  element("arrived").textContent = JSON.stringify(message, null, 2);
  element("arrived").hidden = false;
  refresh();
};
