"""The shop in Chromium: a visitor decides, looks, logs in, buys as the page is left, and logs out."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from .accessibility import look

pytestmark = pytest.mark.usefixtures("dist")


def arrived(dataplane: str) -> list[dict[str, Any]]:
    rows = httpx.get(f"{dataplane}/api/events", trust_env=False).json()["events"]
    return sorted((row["message"] for row in rows), key=lambda message: str(message["originalTimestamp"]))


def names(dataplane: str) -> list[str]:
    return [message.get("event") or message.get("name") or message["type"] for message in arrived(dataplane)]


def keys(page: Page) -> list[str]:
    """Of what is ours in the browser."""
    found: list[str] = page.evaluate("""[...document.cookie.split("; "), ...Object.keys(localStorage)]
        .filter((key) => /^(rl_|rudderanalytics)/.test(key))""")
    return found


def test_a_visit(page: Page, dataplane: str, config: SimpleNamespace) -> None:
    messages = page.locator("#messages li")
    page.goto(f"{dataplane}/shop")
    expect(page.locator("#status")).to_have_text("Python is ready.", timeout=config.BOOT_TIMEOUT)
    assert keys(page) == [] and arrived(dataplane) == []
    page.get_by_role("button", name="Yes").click()
    expect(messages).to_contain_text(["page: Shop · delivered"])

    page.get_by_role("link", name="Desk lamp").click()
    page.get_by_role("button", name="Add to the cart").click()
    expect(messages).to_contain_text(
        ["track: Product Added · delivered", "track: Product Viewed · ", "page: Desk lamp · "]
    )
    expect(page.locator("#in-cart")).to_have_text("(1)")

    page.get_by_role("link", name="Cart").click()
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Company").fill("Engines")
    page.get_by_role("button", name="Log in").click()
    expect(messages).to_contain_text(["group · delivered", "identify: user-ada@example.org · ", "page: Cart · "])
    expect(page.locator("#who")).to_have_text("ada@example.org")

    page.get_by_role("button", name="Data plane off").click()
    expect(page.locator("#offline")).to_have_text("Data plane on")
    page.get_by_role("button", name="Buy").click()
    page.wait_for_url("**/shop")
    expect(messages).to_contain_text(["page: Shop · waits, and is tried again"], timeout=config.BOOT_TIMEOUT)
    assert "Order Completed" not in names(dataplane)
    page.get_by_role("button", name="Data plane on").click()
    expect(messages).to_contain_text(["page: Shop · delivered"])
    expect(page.locator("#kept")).to_contain_text("stored, undelivered0")
    visit = [
        "Shop",
        "Desk lamp",
        "Product Viewed",
        "Product Added",
        "Cart",
        "identify",
        "group",
        "Order Completed",
        "Shop",
    ]
    assert names(dataplane) == visit
    assert len({message["anonymousId"] for message in arrived(dataplane)}) == 1
    order = next(message for message in arrived(dataplane) if message.get("event") == "Order Completed")
    assert (order["userId"], order["properties"]["total"]) == ("user-ada@example.org", 45)

    page.get_by_role("link", name="Cart").click()
    expect(page.locator("#empty")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#kept")).to_contain_text("userId–traits{}company–")
    expect(page.locator("#login")).to_be_visible()
    page.get_by_role("button", name="Ask me again").click()
    expect(page.locator("#banner")).to_be_visible()


def test_no_is_no(page: Page, dataplane: str, config: SimpleNamespace) -> None:
    page.goto(f"{dataplane}/shop/lamp")
    expect(page.locator("#status")).to_have_text("Python is ready.", timeout=config.BOOT_TIMEOUT)
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.locator("#status")).to_have_text("You said no: nothing is stored or sent.")
    page.get_by_role("button", name="Add to the cart").click()
    page.get_by_role("link", name="Products").click()
    expect(page.locator("#banner")).to_be_hidden()
    assert keys(page) == [] and arrived(dataplane) == []


def test_the_tag_can_be_copied(page: Page, dataplane: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{dataplane}/shop")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert f'src="{dataplane}/dist/rudderanalytics.js"' in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_how_it_looks_and_who_can_use_it(scheme: Any, width: int, page: Page, dataplane: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("shop", "shop/lamp", "shop/cart", "", "pyscript?type=mpy", "live/users"):
        page.goto(f"{dataplane}/{path}")
        look(page, f"{path.partition('?')[0].replace('/', '-') or 'demo'}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
