// The users page: the reader's times, who is selected, and the way back. The rest is htmx's.

import { openBeside } from "./opened.js";
import { localise } from "./times.js";

const person = document.getElementById("person");
const selected = () => document.querySelector(".rows [aria-current]");
const list = () => {
  const begins = document.getElementById("begins").value.trim();
  return `/live/users${begins && `?${new URLSearchParams({ begins })}`}`;
};
const beside = openBeside(person, {
  nothing: '<div class="empty"><p><strong>Select a user</strong> to see the anonymous ids merged, the traits and how they changed, and the sessions.</p></div>',
  address: list,
  closed: () => {
    const was = selected();
    was?.removeAttribute("aria-current");
    was?.focus();
  },
});

localise(document);
document.addEventListener("htmx:after:swap", (event) => {
  localise(document);
  const { target, sourceElement } = event.detail.ctx;
  if (target?.id !== "person") return;
  if (!sourceElement.matches(".row a")) return; // what Back and Forward bring has its address already
  selected()?.removeAttribute("aria-current");
  sourceElement.setAttribute("aria-current", "true");
  beside.opened(sourceElement.getAttribute("href"));
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".close")) return;
  event.preventDefault();
  beside.close();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.target.closest("input")) beside.close();
});
