"""A plugin of pytest for `make hot`: notes what the pages of browser tests give to MicroPython.

    pytest -p tests.recording --recorded <folder> tests/browser

Each page's inputs are a session, as in `inputs`; each process of pytest writes a file of them into the folder.
"""

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

MOST = 60  # inputs of a session: after these a page does what it did before
LISTEN = """() => {
    const { instantiate } = WebAssembly;
    const page = crypto.getRandomValues(new Uint32Array(4)).join();
    WebAssembly.instantiate = async (module, imports) => {
        const made = await instantiate(module, imports);
        const isModule = module instanceof WebAssembly.Module;
        if (!isModule || !WebAssembly.Module.customSections(module, "rudderanalytics").length) return made;
        const { exports } = made;
        const act = (number, count, given, answered) => {
            const [, size, at] = new Int32Array(exports.memory.buffer, given, 3);
            heardByTheCore(page, new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at, size)));
            exports.proxy_c_to_js_call(number, count, given, answered);
        };
        return { exports: { ...exports, proxy_c_to_js_call: act } };
    };
}"""

heard: dict[str, list[str]] = defaultdict(list)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--recorded", type=Path, required=True)


def pytest_configure() -> None:
    new_context = Browser.new_context

    def listening(browser: Browser, **options: Any) -> Any:
        context = new_context(browser, **options)
        context.expose_binding("heardByTheCore", lambda _, page, text: hear(page, text))
        context.add_init_script(f"({LISTEN})()")
        return context

    Browser.new_context = listening  # type: ignore[method-assign]


def hear(page: str, text: str) -> None:
    if len(heard[page]) < MOST:
        heard[page].append(text)


def pytest_sessionfinish(session: pytest.Session) -> None:
    name = os.environ.get("PYTEST_XDIST_WORKER", "one")
    (session.config.option.recorded / f"{name}.json").write_text(json.dumps(list(heard.values())))
