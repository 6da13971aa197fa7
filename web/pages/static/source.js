// Shows the page's own program and its configuration, and how far its start has come.

const program = document.querySelector("script[config]");
if (program) {
  document.getElementById("source").textContent = program.textContent.trim();
  document.getElementById("config").textContent = JSON.stringify(JSON.parse(program.getAttribute("config")), null, 2);
}

// PyScript says what it is at while Python starts.
addEventListener("py:progress", ({ detail }) => {
  if (document.getElementById("starting")) document.getElementById("returned").textContent = String(detail);
});
