"""The pages in Chromium, with what is built."""

from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.usefixtures("dist")


def stored(dataplane: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = httpx.get(f"{dataplane}/api/events", trust_env=False).json()["events"]
    return rows


def test_signing_up(page: Page, dataplane: str, config: SimpleNamespace) -> None:
    page.goto(dataplane)
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Lovelace")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Company").fill("Analytical Engines")
    page.get_by_label("Team").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator("#signed-up")).to_have_text("Welcome, Ada.")
    expect(page.locator("#arrived")).to_contain_text('"name": "Ada Lovelace"', timeout=config.BOOT_TIMEOUT)
    traits = page.evaluate("rudderanalytics.getUserTraits()")
    assert traits["plan"] == "Team" and traits["company"] == {"name": "Analytical Engines"}
    assert traits["createdAt"].endswith("Z")
    expect(page.locator("#user-id")).to_have_text(page.evaluate("rudderanalytics.getUserId()"))
    expect(page.locator("#status")).to_have_text("Delivered.")
    assert len(stored(dataplane)) == 1

    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#user-id")).to_have_text("–")
    expect(page.locator("#traits")).to_have_text("{}")

    page.get_by_role("button", name="Identify the example").click()
    expect(page.locator("#arrived")).to_contain_text('"userId": "27340af5c8819"')
    expect(page.locator("#traits")).to_contain_text('"logins": 2')


@pytest.mark.parametrize("query", ["", "?type=mpy"])
def test_the_pyscript_page(query: str, page: Page, dataplane: str, config: SimpleNamespace) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{dataplane}/pyscript{query}")
    expect(page.locator("#returned")).to_contain_text("messageId", timeout=config.BOOT_TIMEOUT)
    expect(page.locator("#arrived")).to_contain_text('"userId": "27340af5c8819"')
    page.get_by_role("button", name="Identify again").click()
    with httpx.stream("GET", f"{dataplane}/api/events/stream", trust_env=False, timeout=20) as response:
        arrived = (line for line in response.iter_lines() if line.startswith("data: "))
        assert all('"Richard Hendricks"' in next(arrived) for _ in range(2))
    expect(page.locator("#source")).to_contain_text("import rudderanalytics")
    assert [url for url in requested if not url.startswith((dataplane, "blob:", "data:"))] == []


def test_a_page_learns_of_a_dropped_connection(page: Page, dataplane: str) -> None:
    """Chromium repeats what failed on a connection that it had used before; the server makes sure that it had not."""
    page.goto(f"{dataplane}/health")
    send = """() => {
        const headers = {Authorization: "Basic S0VZOg=="};
        return fetch("/v1/identify", {method: "POST", body: '{"userId": "u"}', headers})
            .then(({status}) => status, ({name}) => name);
    }"""
    assert page.evaluate(send) == 200
    httpx.post(f"{dataplane}/api/faults", json={"drop": True}, trust_env=False)
    assert [page.evaluate(send) for _ in range(2)] == ["TypeError", 200]
    httpx.post(f"{dataplane}/api/faults", json={"drop": True, "afterStore": True, "times": 2}, trust_env=False)
    assert [page.evaluate(send) for _ in range(3)] == ["TypeError", "TypeError", 200]
    assert len(stored(dataplane)) == 5
