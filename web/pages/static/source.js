// Shows the page's own program and its configuration.

const program = document.querySelector("script[config]");
if (program) {
  document.getElementById("source").textContent = program.textContent.trim();
  document.getElementById("config").textContent = JSON.stringify(JSON.parse(program.getAttribute("config")), null, 2);
}
