"""Errors as messages (load option `autoTrack.errors`), in real browsers and interpreters."""

import json
from typing import Any

import pytest
from browser.site_under_test import INTERPRETERS, PYSCRIPT, Site, flush, run_pyscript
from examples import Example, on_site, runs, under
from playwright.sync_api import Page

OPTIONS = json.dumps({"autoTrack": {"errors": True}})
LISTENS = "!/native code/.test(String(console.error))"
"""It is wrapped last."""


def reported(site: Site, count: int) -> list[dict[str, Any]]:
    messages = site.wait(lambda messages: len(messages) >= count)
    assert {message["event"] for message in messages} == {"Error"}
    return [message["properties"] for message in messages]


@pytest.mark.page_errors
def test_what_nobody_caught_in_javascript(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime, **{"data-options": OPTIONS})
    page.wait_for_function(LISTENS)
    page.evaluate("""async () => {
        await new Promise((settle) => rudderanalytics.ready(settle));
        const fails = () => { throw new TypeError("no cart for me@example.com at https://a.example/?token=12345"); };
        setTimeout(fails);
        setTimeout(fails);
        Promise.reject(new RangeError("out of range"));
    }""")
    thrown, rejected = reported(site, 2)
    assert (thrown["name"], thrown["count"], thrown["handled"]) == ("TypeError", 2, False)
    assert thrown["message"] == "no cart for redacted at https://a.example/"
    assert "fails" in thrown["stack"]
    assert "me@example.com" not in thrown["stack"]
    assert thrown["line"] > 0
    assert (rejected["language"], rejected["name"], rejected["message"]) == ("javascript", "RangeError", "out of range")


def python(site: Site, page: Page, kind: str, source: str) -> None:
    """A page with the script tag and a PyScript of its own, which knows nothing of us and comes once we listen."""
    config = json.dumps({"interpreter": INTERPRETERS[kind]})
    site.open(page, "micropython", **{"data-options": OPTIONS})
    page.wait_for_function(LISTENS)
    page.evaluate(
        "(html) => void document.body.append(document.createRange().createContextualFragment(html))",
        f"{PYSCRIPT}<script type='{kind}' config='{config}'>\n{source}</script>",
    )


PAY = """
def pay(card):
    raise ValueError("no such card: me@example.com, password='hunter2'")
"""
CLICK = """
from pyscript import when
import js

@when("click", "body")
def clicked(event):
    pay(2)

js.document.body.click()
js.document.body.click()
"""


TASK = """
import asyncio

async def pay_later():
    pay(3)

asyncio.create_task(pay_later())
"""


@pytest.mark.page_errors
@pytest.mark.parametrize(
    ("source", "count"), [(PAY + "\npay(1)\n", 1), (PAY + CLICK, 2), (PAY + TASK, 1)], ids=["script", "click", "task"]
)
def test_what_nobody_caught_in_python(site: Site, page: Page, kind: str, source: str, count: int) -> None:
    python(site, page, kind, source)
    (error,) = reported(site, 1)
    assert (error["language"], error["name"], error["handled"]) == ("python", "ValueError", False)
    assert error["message"] == "no such card: redacted, redacted'"
    assert error["traceback"].startswith("Traceback (most recent call last):\n")
    assert "in pay\n" in error["traceback"]
    assert error["count"] == count
    assert [secret for secret in ("hunter2", "me@example.com") if secret in json.dumps(site.messages())] == []


def test_python_says_an_exception_itself(site: Site, page: Page, kind: str, wheel: str) -> None:
    source = f"""
import rudderanalytics
rudderanalytics.load("{site.write_key}", "{site.url}")

def pay():
    return {{}}["card"]

try:
    pay()
except KeyError as error:
    result = rudderanalytics.exception(error, {{"step": "payment"}})
"""
    message_id = run_pyscript(site, page, kind, wheel, source)
    (message,) = site.wait_for(1)
    assert (message["messageId"], message["event"]) == (message_id, "Error")
    said = message["properties"]
    assert (said["name"], said["message"], said["handled"], said["step"]) == (
        "KeyError",
        said["message"],
        True,
        "payment",
    )
    assert said["message"].strip("'") == "card"
    assert "in pay\n" in said["traceback"]


@pytest.mark.page_errors
def test_ten_a_page_at_most(site: Site, page: Page) -> None:
    site.open(page, "micropython", **{"data-options": OPTIONS})
    page.wait_for_function(LISTENS)
    page.evaluate("""async () => {
        await new Promise((settle) => rudderanalytics.ready(settle));
        for (let n = 0; n < 50; n++) for (let m = 0; m < 3; m++) Promise.reject(new Error(`the ${n}th`));
    }""")
    assert [each["count"] for each in reported(site, 10)] == [3] * 10
    flush(page)
    assert len(site.messages()) == 10


@pytest.mark.page_errors
@runs(under("docs/errors.md", language="html"))
def test_the_tag_of_the_documentation(example: Example, site: Site, page: Page) -> None:
    page.goto(site.write(on_site(example.code, site.url, site.write_key)))
    page.wait_for_function(LISTENS)
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.evaluate("void setTimeout(() => { throw new RangeError('out'); })")
    assert [each["name"] for each in reported(site, 1)] == ["RangeError"]


@runs(under("docs/errors.md", language="python"))
def test_the_python_of_the_documentation(example: Example, site: Site, page: Page, wheel: str) -> None:
    source = on_site(example.code, site.url, site.write_key)
    before = "def checkout():\n    raise OSError('no card')\n"
    run_pyscript(site, page, "mpy", wheel, f"{before}{source}\nresult = True")
    (error,) = reported(site, 1)
    assert (error["name"], error["message"], error["step"], error["handled"]) == ("OSError", "no card", "payment", True)
