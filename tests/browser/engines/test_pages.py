"""The pages that `make demo` shows, in any engine."""

from pathlib import Path

import pytest

from .engine import Engine, Tab

SCREENSHOTS = Path(__file__).resolve().parents[3] / "build" / "screenshots"


@pytest.fixture(autouse=True)
def seen(engine: Engine, tab: Tab, request: pytest.FixtureRequest):
    """What the page looks like at the end, in build/screenshots."""
    yield
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    name = request.node.originalname.removeprefix("test_")
    tab.screenshot(SCREENSHOTS / f"{name}-{engine.name}.png")


def test_demo(tab: Tab, dataplane: str) -> None:
    """The demo: a form that identifies, and what arrived"""
    tab.open(dataplane)
    tab.run("""() => {
        const filled = {"first-name": "Ada", "last-name": "Lovelace", email: "ada@example.org"};
        for (const id in filled) document.getElementById(id).value = filled[id];
        document.querySelector("#signup button[type=submit]").click();
    }""")
    tab.wait("document.getElementById('arrived').textContent.includes('\"name\": \"Ada Lovelace\"')")
    assert tab.run("document.getElementById('signed-up').textContent") == "Welcome, Ada."
    tab.wait("document.getElementById('user-id').textContent === rudderanalytics.getUserId()")
    tab.run("document.getElementById('reset').click()")
    tab.wait("document.getElementById('user-id').textContent === '–'")


@pytest.mark.parametrize("kind", ["py", "mpy"])
def test_pyscript_demo(tab: Tab, dataplane: str, kind: str) -> None:
    """The PyScript demo, `py` and `mpy`"""
    tab.open(f"{dataplane}/pyscript?type={kind}")
    tab.wait("document.getElementById('returned').textContent.includes('messageId')")
    tab.wait("document.getElementById('arrived').textContent.includes('\"userId\": \"27340af5c8819\"')")


def test_live(tab: Tab, dataplane: str) -> None:
    """`/live`: messages show as they come, and are gone when the page says clear"""
    tab.open(f"{dataplane}/live")
    tab.wait("document.getElementById('connection').textContent === 'live'")
    send = """([n, key]) => fetch("/v1/track", {
        method: "POST",
        headers: {Authorization: "Basic " + btoa(key + ":"), "Content-Type": "application/json"},
        body: JSON.stringify({event: "Event " + n, userId: "<b>u</b>"}),
    }).then((answer) => answer.status)"""
    for n in range(1, 4):
        assert tab.run(send, [n, "KEY"]) == 200
        tab.wait("document.querySelector('.row .what')?.textContent === " + f"'Event {n}'")
    assert tab.run("document.querySelectorAll('.row').length") == 3
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
