// The users page: the reader's times, and the mark on who is selected. The rest is htmx's.

import { localise } from "./times.js";

localise(document);
document.addEventListener("htmx:after:swap", (event) => {
  localise(document);
  const { target, sourceElement } = event.detail.ctx;
  if (target?.id !== "person") return;
  document.querySelector(".rows [aria-current]")?.removeAttribute("aria-current");
  sourceElement.setAttribute("aria-current", "true");
});
