// The first script of every page of these tests: it keeps what the page says in the console, what it did not catch, and
// what a Python of the page or of a worker posts as its result.
window.recorded = { lines: [], uncaught: [], result: null };
for (const level of ["debug", "log", "info", "warn", "error"]) {
  const say = console[level];
  console[level] = (...given) => {
    recorded.lines.push(given.map(String).join(" "));
    say.apply(console, given);
  };
}
addEventListener("error", (event) => recorded.uncaught.push(event.message));
addEventListener("unhandledrejection", (event) => recorded.uncaught.push(String(event.reason)));
try {
  new BroadcastChannel("result").onmessage = (event) => {
    recorded.result = event.data;
  };
} catch {
  // Firefox where cookies are blocked.
}
