// What a shop does with the client, and what the visitor's browser keeps of it.

const element = (id) => document.getElementById(id);
const { writeKey, dataPlaneUrl, products: list } = document.querySelector("[data-write-key]").dataset;
const products = Object.fromEntries(JSON.parse(list).map(([id, name, price]) => [id, { product_id: id, name, price }]));

/** Calls a method now or, while window.rudderanalytics is still the array, once the client is there. */
const call = (...entry) => window.rudderanalytics.push(entry);
const client = () => (Array.isArray(window.rudderanalytics) ? undefined : window.rudderanalytics);

// The visitor's decision is the shop's to keep.
const DECISION = "shop.decision";
const decision = localStorage.getItem(DECISION);
const PURPOSES = ["analytics"];
const decided = { yes: { allowedConsentIds: PURPOSES }, no: { deniedConsentIds: PURPOSES } };
const consentManagement = { enabled: true, provider: "custom", ...decided[decision] };
if (decision !== "no") {
  call("load", writeKey, dataPlaneUrl, { consentManagement, preConsent: { enabled: !decision, events: { delivery: "buffer" } } });
}

// What this page shows

const shown = new Map();

/** @param {string} id @param {string} became */
const become = (id, became) => {
  const line = shown.get(id);
  if (!line) return;
  line.dataset.became = became;
  line.lastElementChild.textContent = became;
};

const show = ({ messageId, type, event, name, userId }) => {
  element("none").hidden = true;
  if (shown.has(messageId)) return;
  const line = document.createElement("li");
  const became = document.createElement("span");
  became.className = "became";
  line.append([type, event ?? name ?? (type === "identify" ? userId : "")].filter(Boolean).join(": "), " · ", became);
  element("messages").prepend(line);
  shown.set(messageId, line);
  become(messageId, "waits");
};

const refresh = () => {
  const ready = client();
  const cookies = document.cookie.split("; ").filter((cookie) => cookie.startsWith("rl_")).map((cookie) => cookie.split("=")[0]);
  const waiting = Object.keys(localStorage).filter((key) => key.startsWith(`rudderanalytics.${writeKey}.`) && /\.\d+(\.call)?$/.test(key));
  const { delivered = 0, pending = 0, retried = 0 } = ready?.stats() ?? {};
  const facts = {
    anonymousId: ready?.getAnonymousId() || "–",
    userId: ready?.getUserId() || "–",
    traits: JSON.stringify(ready?.getUserTraits() ?? {}),
    company: ready?.getGroupId() || "–",
    cookies: cookies.join(", ") || "none",
    "stored, undelivered": String(waiting.length),
    "of this page": `${delivered} delivered, ${pending} waiting, ${retried} tried again`,
  };
  element("kept").replaceChildren(
    ...Object.entries(facts).flatMap(([name, value]) => {
      const [term, description] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      description.textContent = value;
      return [term, description];
    }),
  );
  const account = element("account");
  if (!account) return;
  account.hidden = !ready?.getUserId();
  element("login").hidden = !account.hidden;
  element("who").textContent = ready?.getUserTraits().email ?? "";
};

const say = (text, state) => {
  element("status").textContent = text;
  element("status").dataset.state = state;
};

call("ready", () => (say("Python is ready.", "good"), refresh()));
call("on", "message", (message) => (show(message), refresh()));
call("on", "delivered", ({ messageId }) => (become(messageId, "delivered"), say("Delivered.", "good"), refresh()));
call("on", "failed", ({ messageIds }) => (messageIds.forEach((id) => become(id, "waits, and is tried again")), say("The data plane does not answer.", "bad"), refresh()));
call("on", "dropped", ({ messageId, reason }) => (become(messageId, "dropped"), say(`Dropped: ${reason}.`, "bad"), refresh()));
addEventListener("load", refresh);
window.cookieStore?.addEventListener("change", refresh);
if (decision === "no") say("You said no: nothing is stored or sent.", "good");

// Consent

element("banner").hidden = Boolean(decision);
const decide = (answer) => {
  localStorage.setItem(DECISION, answer);
  const refuses = answer === "no";
  call("consent", { consentManagement: decided[answer], discardPreConsentEvents: refuses, storage: refuses ? { type: "none" } : {} });
  element("banner").hidden = true;
  if (refuses) location.reload();
};
element("accept").addEventListener("click", () => decide("yes"));
element("decline").addEventListener("click", () => decide("no"));
element("forget").addEventListener("click", () => {
  call("reset", { entries: { anonymousId: true } });
  localStorage.removeItem(DECISION);
  sessionStorage.removeItem("shop.cart");
  location.reload();
});

// The pages

const cart = () => JSON.parse(sessionStorage.getItem("shop.cart") ?? "[]").filter((id) => products[id]);
const keepCart = (ids) => {
  sessionStorage.setItem("shop.cart", JSON.stringify(ids));
  element("in-cart").textContent = `(${ids.length})`;
};
keepCart(cart());

call("page", "Shop", document.title.split(" · ")[0]);

const viewed = products[document.querySelector("[data-product]")?.dataset.product];
if (viewed) {
  call("track", "Product Viewed", viewed);
  element("add").addEventListener("click", () => {
    call("track", "Product Added", viewed);
    keepCart([...cart(), viewed.product_id]);
    element("added").textContent = `The ${viewed.name.toLowerCase()} is in your cart.`;
    refresh();
  });
}

const showCart = () => {
  const ids = cart();
  element("cart").replaceChildren(
    ...ids.map((id) => {
      const line = document.createElement("li");
      line.textContent = `${products[id].name}, ${products[id].price} €`;
      return line;
    }),
  );
  element("empty").hidden = ids.length > 0;
  element("buy").disabled = !ids.length;
};

if (element("cart")) {
  showCart();
  element("buy").addEventListener("click", () => {
    const bought = cart().map((id) => products[id]);
    keepCart([]);
    call("track", "Order Completed", { products: bought, total: bought.reduce((sum, { price }) => sum + price, 0), currency: "EUR" });
    location.assign("/shop");
  });
  element("login").addEventListener("submit", (event) => {
    event.preventDefault();
    const { email, company } = Object.fromEntries(new FormData(element("login")));
    call("identify", `user-${email.toLowerCase()}`, { email });
    if (company) call("group", `company-${company.toLowerCase()}`, { name: company });
    refresh();
  });
  element("logout").addEventListener("click", () => {
    call("reset", { entries: { anonymousId: true } });
    keepCart([]);
    showCart();
    element("login").reset();
    refresh();
  });
}

// The data plane, on or off: it drops every connection

const isOff = async () => (await (await fetch("/api/faults")).json()).pending.some(({ drop }) => drop);
const showOffline = (off) => {
  element("offline").setAttribute("aria-pressed", String(off));
  element("offline").textContent = off ? "Data plane on" : "Data plane off";
};
element("offline").addEventListener("click", async () => {
  const off = !(await isOff());
  await fetch("/api/faults", off ? { method: "POST", body: JSON.stringify({ drop: true, times: 1_000_000 }) } : { method: "DELETE" });
  showOffline(off);
  if (!off) client()?.flush();
});
isOff().then(showOffline);

element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(element("tag").textContent);
  element("copied").textContent = "Copied.";
});
