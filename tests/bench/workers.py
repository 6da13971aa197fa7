"""What a call costs the page's main thread, with all that follows: one of a worker's Python, and one of the page's.

One page, MicroPython its brain, and Pyodide in a module worker of it; the two in turns, so that what else the machine
does moves both. While a worker's Python calls, its thread works, too, and the page's is slower for it: so the page's
own calls are measured beside a worker that is as busy, and alone.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.visit import CONFIG, Stage, seconds_of_tasks
from playwright.sync_api import Page

CALLS = 500
ROUNDS = 7
BAR = 1.2
WORKER = """
import { loadPyodide } from "/dist/pyodide/pyodide.mjs";
const started = loadPyodide({ indexURL: "/dist/pyodide/" });
onmessage = async ({ data }) => {
    const pyodide = await started;
    postMessage(await pyodide.runPythonAsync(data).catch(String));
};
"""
START = """() => {
    const worker = new Worker("/bench/worker.js", { type: "module" });
    window.python = (program) => new Promise((settle) => {
        worker.onmessage = ({ data }) => settle(data);
        worker.postMessage(program);
    });
}"""
LOAD = """
import js, pyodide_js
await pyodide_js.loadPackage(js.location.origin + "/dist/WHEEL")
import rudderanalytics
rudderanalytics.load("KEY", js.location.origin)
rudderanalytics.identify("u1")
await rudderanalytics.flush()
'up'
"""
FROM_WORKER = """
for n in range({count}):
    rudderanalytics.track("Bought", {{"n": n, "plan": "pro"}})
(await rudderanalytics.flush())["pending"]
"""
FROM_PAGE = """async (count) => {
    for (let n = 0; n < count; n++) rudderanalytics.track("Bought", { n, plan: "pro" });
    return (await rudderanalytics.flush()).pending;
}"""
# What a worker's Python does for a call, and again, for longer than the page's row takes.
BUSY = """
import json, time
until = time.time() + 1.5
while time.time() < until:
    json.loads(json.dumps({"type": "call", "call": ["track", "Bought", {"plan": "pro"}]}))
"""
BESIDE_A_WORKER = """async ([count, program]) => {
    const busy = python(program);
    await new Promise((settle) => setTimeout(settle, 100));
    for (let n = 0; n < count; n++) rudderanalytics.track("Bought", { n, plan: "pro" });
    const { pending } = await rudderanalytics.flush();
    await busy;
    return pending;
}"""
ONE_BY_ONE = """async (count) => {
    const { port1, port2 } = new MessageChannel();
    let n = 0;
    await new Promise((settle) => {
        port1.onmessage = () => {
            rudderanalytics.track("Bought", { n, plan: "pro" });
            if (++n < count) port2.postMessage(0); else settle();
        };
        port2.postMessage(0);
    });
    return (await rudderanalytics.flush()).pending;
}"""


def measured(stage: Stage) -> dict[str, float]:
    """ms of the page's main thread for each call, medians."""
    Path(stage.folder, "worker.js").write_text(WORKER)
    tag = "<script async src='/dist/rudderanalytics.js' data-runtime='micropython' data-write-key='k'"
    Path(stage.folder, "workers.html").write_text(f"<!doctype html>{tag} data-data-plane-url='{stage.url}'></script>")
    browser = stage.playwright.chromium.launch(executable_path=CONFIG["CHROMIUM"], args=CONFIG["LAUNCH_ARGS"])
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto(f"{stage.url}/bench/workers.html")
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate(START)
    said = python(page, LOAD.replace("WHEEL", stage.wheel))
    if said != "up":
        raise RuntimeError(f"the worker's Python does not start: {said}")
    ways: dict[str, Callable[[], object]] = {
        "the page, in a row": lambda: page.evaluate(FROM_PAGE, CALLS),
        "the page, in a row, beside a busy worker": lambda: page.evaluate(BESIDE_A_WORKER, [CALLS, BUSY]),
        "the page, each in a task of its own": lambda: page.evaluate(ONE_BY_ONE, CALLS),
        "a worker": lambda: python(page, FROM_WORKER.format(count=CALLS)),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS + 1):  # the first warms up
        for name, way in ways.items():
            before = seconds_of_tasks(session)
            if way() != 0:
                raise RuntimeError(f"not all arrived: {name}")
            if turn:
                found[name].append((seconds_of_tasks(session) - before) * 1000 / CALLS)
    browser.close()
    return {name: median(times) for name, times in found.items()}


def python(page: Page, program: str) -> object:
    return page.evaluate("(program) => python(program)", program)


def table(found: dict[str, float]) -> str:
    *own, worker = found
    lines = [f"{'ms of the main thread for a call, by':40}"]
    lines += [f"{name:40}{found[name]:6.3f}" for name in found]
    lines += [f"A worker's costs {found[worker] / found[name]:.2f} of one of {name}." for name in own]
    return "\n".join([*lines, f"Beside a busy worker it should be at most {BAR}."])
