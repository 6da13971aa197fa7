// The live page: puts what the server rendered in its place as it comes, and gives the page its keys. Filters, pages,
// details and tabs are htmx's.

import { openBeside } from "./opened.js";
import { localise } from "./times.js";

const element = (id) => document.getElementById(id);
const connection = element("connection");
const detail = element("detail");
const nothing = detail.querySelector(".keys") ? detail.innerHTML : '<div class="empty"><p>Select a message.</p></div>';
const list = () => element("rows");

let source;
let paused = false;
let held = []; // chunks of rows that came while paused, the oldest first
let lost;

const say = (text, state) => {
  connection.textContent = text;
  connection.dataset.state = state;
};

const select = (seq) => {
  list().querySelector("[aria-current]")?.removeAttribute("aria-current");
  element(`row-${seq}`)?.firstElementChild.setAttribute("aria-current", "true");
};
const selected = () => detail.querySelector("article")?.dataset;

let seen; // the row of what is open, to come back to
const beside = openBeside(detail, {
  nothing,
  address: () => `/live${list().dataset.query && `?${list().dataset.query}`}`,
  closed: () => {
    select(0);
    element(`row-${seen}`)?.firstElementChild.focus();
  },
});
const { close } = beside;

/** Rows on top, and as many off the end as are too many. */
const insert = (html) => {
  const rows = list();
  const top = rows.firstElementChild;
  rows.insertAdjacentHTML("afterbegin", html);
  for (let row = rows.firstElementChild; row && row !== top; row = row.nextElementSibling) {
    row.classList.add("new");
    localise(row);
    htmx.process(row);
  }
  while (rows.children.length > rows.dataset.most) rows.lastElementChild.remove();
};

const showState = () => {
  const waiting = held.reduce((sum, { count }) => sum + count, 0);
  if (!("live" in list().dataset)) say("older messages: not followed", "off");
  else if (paused) say(`paused${waiting ? `: ${waiting} new` : ""}`, "off");
  else say("live", "good");
};

const take = (html) => {
  if (!paused) return insert(html);
  held.push({ html, count: html.split('<li class="row"').length - 1 });
  // More than the list holds would only fall off its end.
  while (held.slice(1).reduce((sum, { count }) => sum + count, 0) >= Number(list().dataset.most)) held.shift();
  showState();
};

const connect = () => {
  source?.close();
  held = [];
  const { lastSeq, query } = list().dataset;
  if (!("live" in list().dataset)) return showState();
  source = new EventSource(`/live/rows?after=${lastSeq}${query && `&${query}`}`);
  source.onopen = () => {
    clearTimeout(lost);
    lost = undefined;
    element("gone").hidden = true;
    showState();
  };
  source.onerror = () => {
    say("reconnecting", "bad");
    lost ??= setTimeout(() => (element("gone").hidden = false), 1000);
    // A browser gives up for good where something else answers, as a proxy does.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
  source.onmessage = (event) => {
    list().dataset.lastSeq = event.lastEventId;
    take(event.data);
  };
  source.addEventListener("answers", (event) => {
    for (const [seq, html] of Object.entries(JSON.parse(event.data))) {
      const marks = element(`row-${seq}`)?.querySelector(".marks");
      if (marks) marks.outerHTML = html;
    }
  });
  source.addEventListener("tap", (event) => {
    element("tap").textContent = event.data;
    element("tap").hidden = !event.data;
  });
  source.addEventListener("cleared", () => {
    held = [];
    list().replaceChildren();
    for (const pager of document.querySelectorAll(".pager")) pager.remove();
    close();
    if (element("clearing").open) element("clearing").close();
  });
};

const pause = () => {
  paused = !paused;
  element("pause").setAttribute("aria-pressed", String(paused));
  element("pause").textContent = paused ? "Go on" : "Pause";
  if (!paused) for (const { html } of held.splice(0)) insert(html);
  showState();
};

const move = (step) => {
  const rows = list();
  const from = document.activeElement.closest?.(".row") ?? rows.querySelector("[aria-current]")?.parentElement;
  const to = from ? (step > 0 ? from.nextElementSibling : from.previousElementSibling) : rows.firstElementChild;
  to?.firstElementChild.focus();
  to?.firstElementChild.click();
};

const keys = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Escape: close,
  "/": () => element("by-text").focus(),
  p: pause,
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.closest("input, select, textarea");
  if (typing && event.key === "Escape") return typing.blur();
  const arrow = event.key.startsWith("Arrow");
  if (typing || !keys[event.key] || (arrow && !event.target.closest(".rows"))) return;
  event.preventDefault();
  keys[event.key]();
});

const copy = async (link) => {
  const text = fetch(link.href).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)));
  try {
    // The promise goes in as it is: Safari forgets the click while a page waits.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text.then((it) => new Blob([it], { type: "text/plain" })) })]);
    element("copied").textContent = "Copied.";
  } catch {
    location.href = link.href; // where the clipboard is closed to the page, the text itself
  }
};

const open = (link) => {
  const part = element(link.hash.slice(1));
  part.open = true;
  part.scrollIntoView();
  part.firstElementChild.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-copy], [data-opens], .close");
  if (!link) return;
  event.preventDefault();
  if (link.matches(".close")) close();
  else if (link.matches("[data-opens]")) open(link);
  else copy(link);
});

document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement, request } = event.detail.ctx;
  if (sourceElement.closest(".row") && selected()) request.body.set("tab", selected().tab);
});
document.addEventListener("htmx:after:swap", (event) => {
  const { target, sourceElement, response, hx } = event.detail.ctx;
  if (target?.id === "list") {
    if (hx?.replaceurl) history.replaceState(history.state, "", hx.replaceurl);
    connect();
  }
  if (target?.id === "detail") {
    const { pathname, search } = new URL(response.raw.url);
    seen = selected()?.seq;
    // What Back and Forward bring has its address already.
    if (sourceElement.matches(".row a, .tabs a")) beside.opened(pathname + search);
  }
  if (target?.id === "clearing") target.showModal();
  localise(document);
  if (selected()) select(selected().seq);
});
document.addEventListener("htmx:error", () => (element("gone").hidden = false));

element("pause").addEventListener("click", pause);
localise(document);
seen = selected()?.seq;
if (seen) select(seen);
connect();
