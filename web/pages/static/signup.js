// The sign-up form: what a real page does with the client, and no more.

import { refresh } from "./visitor.js";

const form = document.getElementById("signup");
const signedUp = document.getElementById("signed-up");

/** Calls a method now or, while window.rudderanalytics is still the array, once the client is there. */
const call = (...entry) => {
  window.rudderanalytics.push(entry);
  refresh();
};

const newUserId = () => Array.from(crypto.getRandomValues(new Uint8Array(7)), (byte) => byte.toString(16).padStart(2, "0")).join("");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { firstName, lastName, email, company, plan } = Object.fromEntries(new FormData(form));
  const traits = { firstName, lastName, email, plan, createdAt: new Date() };
  if (company) traits.company = { name: company };
  call("identify", newUserId(), traits);
  signedUp.textContent = `Welcome, ${firstName}.`;
});

document.getElementById("example").addEventListener("click", () => {
  call("identify", "27340af5c8819", { name: "Richard Hendricks", email: "", logins: 2 });
});

document.getElementById("reset").addEventListener("click", () => {
  call("reset");
  form.reset();
  signedUp.textContent = "";
});
