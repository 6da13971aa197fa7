"""The live pages in Chromium: what a person does with them, how they look, and who else can use them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from browser.site_under_test import until
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dataplane.background import serve

from . import accessibility
from .conftest import options_in

TRAITS = {
    "firstName": "Richard",
    "lastName": "Hendricks",
    "email": "richard@piedpiper.example",
    "createdAt": "2024-02-29T10:11:12.345Z",
    "company": {"name": "Pied Piper", "id": "pp-1", "employee_count": 11},
    "address": {"city": "Palo Alto", "country": "US", "postalCode": "94301"},
}

type Send = Callable[..., None]


@pytest.fixture
def send(dataplane: str) -> Send:
    def send(type_: str, headers: dict[str, str] | None = None, **message: Any) -> None:
        message = {"anonymousId": "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11", **message}
        httpx.post(
            f"{dataplane}/v1/{type_}", json=message, headers=headers, auth=("KEY", ""), trust_env=False
        ).raise_for_status()

    return send


@pytest.fixture
def live(page: Page, dataplane: str) -> Page:
    page.on("console", lambda line: pytest.fail(line.text) if "Content Security Policy" in line.text else None)
    page.goto(f"{dataplane}/live")
    expect(page.locator("#connection")).to_have_text("live")
    return page


def story(send: Send) -> None:
    """A visitor becomes a user; something is wrong with some of it."""
    context = {"sessionId": 1763922000, "page": {"path": "/pricing", "title": "Pricing"}, "locale": "en-GB"}
    send("page", name="Home", context=context)
    send("page", name="Pricing", context=context)
    send("track", event="Plan Compared", properties={"plans": ["Free", "Team"], "id": 7}, context=context)
    send("identify", userId="27340af5c8819", context={**context, "traits": {**TRAITS, "plan": "Free", "logins": 1}})
    send("group", userId="27340af5c8819", groupId="pied-piper", traits={"plan": "Team"}, context=context)
    retried = {"Rsa-Retry-Attempt": "2", "Rsa-Since-First-Attempt": "3120", "Rsa-Recovered": "true"}
    send("track", retried, userId="27340af5c8819", event="Subscription Started", properties={"price": 49.5})
    batch = [{"type": "track", "userId": "gilfoyle@piedpiper.example", "event": f"Server Rebooted {n}"} for n in (1, 2)]
    send("batch", batch=batch)
    changed = {**TRAITS, "plan": "Team", "logins": 2, "age": "41", "createdAt": 1709201472}
    send("identify", userId="27340af5c8819", traits={}, context={**context, "traits": changed})


def whats(page: Page) -> list[str]:
    return page.locator(".row .what").all_text_contents()


def test_messages_show_as_they_come(live: Page, send: Send, dataplane: str) -> None:
    expect(live.get_by_text("No message has arrived yet.")).to_be_visible()
    batch = [{"type": "track", "event": f"Event {n}", "userId": "<b>u</b>"} for n in range(450)]
    send("batch", batch=batch)
    expect(live.locator(".row .what").first).to_have_text("Event 449")
    expect(live.locator(".row")).to_have_count(200)
    expect(live.get_by_text("No message has arrived yet.")).to_be_hidden()
    send("page", {"Rsa-Recovered": "true"}, name="Home")
    expect(live.locator(".row").first).to_contain_text("recovered")
    expect(live.locator(".row")).to_have_count(200)
    assert whats(live)[:3] == ["Home", "Event 449", "Event 448"]
    live.reload()
    live.get_by_role("link", name="Older messages").click()
    expect(live.locator(".row .what").first).to_have_text("Event 350")
    expect(live.locator("#connection")).to_have_text("older messages: not followed")
    live.get_by_role("link", name="Back to the newest").click()
    expect(live.locator("#connection")).to_have_text("live")
    expect(live.locator(".row .what").first).to_have_text("Home")


def test_filters(live: Page, send: Send) -> None:
    story(send)
    expect(live.locator(".row")).to_have_count(9)
    live.goto(live.url)
    live.get_by_label("Type").select_option("identify")
    expect(live.locator(".row")).to_have_count(2)
    live.wait_for_url("**/live?type=identify")
    live.get_by_label("Type").select_option("all")
    live.get_by_label("User or anonymous id").fill("gil")
    expect(live.locator(".row")).to_have_count(2)
    live.get_by_label("User or anonymous id").fill("")
    live.get_by_label("Text in the message").fill("pied-piper")
    expect(live.locator(".row")).to_have_count(1)
    # What comes is filtered too.
    send("track", event="something else")
    send("track", event="Pied-Piper again")
    expect(live.locator(".row")).to_have_count(2)
    assert whats(live)[0] == "Pied-Piper again"
    live.get_by_label("Text in the message").fill("nowhere")
    expect(live.get_by_text("No message matches this filter.")).to_be_visible()
    live.get_by_role("link", name="Show all messages").click()
    expect(live.locator(".row")).to_have_count(11)


def test_a_slow_click_after_a_filter_is_no_request(live: Page, send: Send) -> None:
    """The field that loses the focus says that it changed: a list that came anew then would take the link away."""
    story(send)
    expect(live.locator(".row")).to_have_count(9)  # what is told of a message later asks for it by the filter
    with live.expect_request("**/live/rows?*text=nowhere*"):  # the stream, after the list
        live.get_by_label("Text in the message").fill("nowhere")
    expect(live.get_by_text("No message matches this filter.")).to_be_visible()
    requests: list[str] = []
    live.on("request", lambda request: requests.append(request.url))
    live.get_by_role("link", name="Show all messages").hover()
    live.mouse.down()
    live.evaluate("fetch('/live?after')")
    live.mouse.up()
    expect(live.locator(".row")).to_have_count(9)
    assert not [url for url in requests if "nowhere" in url]


def test_pause(live: Page, send: Send) -> None:
    send("page", name="one")
    expect(live.locator(".row")).to_have_count(1)
    live.get_by_role("button", name="Pause").click()
    send("page", name="two")
    send("page", name="three")
    expect(live.locator("#connection")).to_have_text("paused: 2 new")
    assert whats(live) == ["one"]
    live.get_by_role("button", name="Go on").click()
    expect(live.locator(".row")).to_have_count(3)
    assert whats(live) == ["three", "two", "one"]


def test_one_message_in_full(live: Page, send: Send, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    story(send)
    expect(live.locator(".row")).to_have_count(9)
    live.locator(".row").first.click()
    detail = live.locator("#detail")
    expect(detail.locator(".tree").first).to_contain_text('email "richard@piedpiper.example"')
    branch = detail.locator("summary", has_text="traits").first
    branch.click()
    expect(detail.get_by_text('"richard@piedpiper.example"')).to_be_hidden()

    detail.get_by_role("link", name="Copy as JSON").click()
    expect(live.locator("#copied")).to_have_text("Copied.")
    assert json.loads(live.evaluate("navigator.clipboard.readText()"))["userId"] == "27340af5c8819"
    detail.get_by_role("link", name="Copy as curl").click()
    # The page's policy lets no text become code, as Playwright's wait_for_function would while it waits.
    until(live, lambda: live.evaluate("navigator.clipboard.readText()").startswith("curl 'http"))

    detail.get_by_role("link", name="Checks").click()
    for title in ("Reserved trait of the wrong type", "createdAt is not ISO-8601", "Empty root traits"):
        expect(detail.get_by_text(title)).to_be_visible()
    detail.get_by_role("link", name="Request").click()
    expect(detail).to_contain_text("accept-encoding")
    detail.get_by_role("link", name="Destinations").click()
    mixpanel = detail.locator(".destination", has_text="Mixpanel").first
    expect(mixpanel).to_contain_text("https://api.mixpanel.com/engage/")
    expect(mixpanel.locator(".leaf", has_text="$created")).to_contain_text("context.traits.createdAt")
    expect(detail.locator(".destination", has_text="Intercom").first).to_contain_text("signed_up_at")
    for title, says in (("Webhook", "https://webhook.example.com/"), ("Google Analytics 4", "identify not supported")):
        part = detail.locator(".destination", has=live.locator("h3", has_text=title))
        expect(part.get_by_text(says)).to_be_hidden()
        detail.get_by_role("navigation", name="Destinations").get_by_role("link", name=title).click()
        expect(part.get_by_text(says)).to_be_in_viewport()
        expect(part.locator("> summary")).to_be_focused()

    # The tab stays with the next message; the address brings both back.
    second = live.locator(".row").nth(1)
    address = second.locator("a").first.get_attribute("href")
    second.click()
    expect(detail.locator("article[data-tab=destinations]")).to_contain_text("Server Rebooted 2")
    live.wait_for_url(f"**{address}?tab=destinations")  # the browser hears of it later than the page
    live.reload()
    expect(detail.locator("article")).to_contain_text("Server Rebooted 2")
    expect(live.locator(".row a[aria-current]")).to_contain_text("Server Rebooted 2")
    detail.get_by_role("link", name="27340af5c8819").or_(detail.locator("a.who")).first.click()
    expect(live.locator("#person-title")).to_have_text("gilfoyle@piedpiper.example")


def test_keys(live: Page, send: Send) -> None:
    for name in ("one", "two", "three"):
        send("page", name=name)
    expect(live.locator(".row")).to_have_count(3)
    title = live.locator("#detail h2")
    for key, name in [("j", "three"), ("j", "two"), ("ArrowDown", "one"), ("ArrowDown", "one"), ("k", "two")]:
        live.keyboard.press(key)
        expect(title).to_contain_text(name)
        expect(live.locator(".row a[aria-current]")).to_contain_text(name)
    live.keyboard.press("Escape")
    expect(title).to_have_count(0)
    expect(live.locator(".row a:focus")).to_contain_text("two")
    live.keyboard.press("Enter")
    expect(title).to_contain_text("two")
    live.keyboard.press("/")
    live.keyboard.type("jkp/")
    expect(live.get_by_label("Text in the message")).to_have_value("jkp/")
    expect(live.locator("#pause")).to_have_text("Pause")
    live.keyboard.press("Escape")
    live.keyboard.press("p")
    expect(live.locator("#connection")).to_contain_text("paused")


def test_clear(live: Page, send: Send, dataplane: str, context: BrowserContext) -> None:
    send("page", name="one")
    live.locator(".row").click()
    other = context.new_page()
    other.goto(f"{dataplane}/live")
    expect(other.locator(".row")).to_have_count(1)
    live.get_by_role("button", name="Clear").click()
    expect(live.get_by_role("dialog")).to_contain_text("1 message will be gone")
    live.get_by_role("button", name="Keep them").click()
    expect(live.get_by_role("dialog")).to_be_hidden()
    expect(live.locator(".row")).to_have_count(1)
    live.get_by_role("button", name="Clear").click()
    live.get_by_role("button", name="Remove all").click()
    for each in (live, other):
        expect(each.locator(".row")).to_have_count(0)
        expect(each.get_by_text("No message has arrived yet.")).to_be_visible()
    expect(live.get_by_role("dialog")).to_be_hidden()
    expect(live.locator("#detail article")).to_have_count(0)
    send("page", name="two")
    expect(live.locator(".row")).to_have_count(1)


def test_a_server_that_is_gone_and_comes_back(page: Page, tmp_path: Path) -> None:
    with serve(options_in(tmp_path)) as url:
        page.goto(f"{url}/live")
        expect(page.locator("#connection")).to_have_text("live")
    expect(page.get_by_role("alert")).to_contain_text("make demo")
    options = options_in(tmp_path)
    again = type(options)(port=int(url.rsplit(":", 1)[1]), db=options.db)
    with serve(again):
        httpx.post(f"{url}/v1/page", json={"userId": "u", "name": "Home"}, auth=("KEY", ""), trust_env=False)
        expect(page.locator(".row")).to_have_count(1)
        expect(page.get_by_role("alert")).to_be_hidden()
        expect(page.locator("#connection")).to_have_text("live")


def test_users(page: Page, send: Send, dataplane: str) -> None:
    story(send)
    page.goto(f"{dataplane}/live/users")
    page.locator(".row", has_text="27340af5c8819").click()
    person = page.locator("#person")
    expect(person).to_contain_text("5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11")
    expect(person.locator(".steps li").first).to_contain_text('plan "Free" → "Team"')
    expect(person).to_contain_text("1763922000")
    page.get_by_label("User or anonymous id").fill("gil")
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_label("User or anonymous id").fill("zzz")
    expect(page.get_by_text("Nobody's id begins with “zzz”.")).to_be_visible()
    person.get_by_role("link", name=re.compile("#")).first.click()
    expect(page.locator("#detail h2")).to_contain_text("firstName")


PHONE = {"width": 390, "height": 844}


def in_view(page: Page, selector: str) -> bool:
    """Whether a person sees the element, all of its height, without scrolling."""
    return bool(
        page.evaluate(
            """(selector) => {
                const { top, bottom, left } = document.querySelector(selector).getBoundingClientRect();
                const over = document.elementFromPoint(left + 4, (top + bottom) / 2);
                return top >= 0 && bottom <= innerHeight && over?.closest(selector) !== null;
            }""",
            selector,
        )
    )


def scrolled(page: Page) -> int:
    return int(page.evaluate("Math.round(scrollY)"))


@pytest.mark.parametrize("way", ["back", "close", "escape"])
def test_on_a_phone_a_message_opens_where_one_is_looking(way: str, live: Page, send: Send, dataplane: str) -> None:
    live.set_viewport_size(PHONE)
    send("batch", batch=[{"type": "track", "userId": "u", "event": f"Event {n}"} for n in range(80)])
    expect(live.locator(".row")).to_have_count(80)
    row = live.locator(".row", has_text="Event 20")
    row.scroll_into_view_if_needed()
    before = scrolled(live)
    assert before > 500
    row.click()
    expect(live.locator("#detail-title")).to_contain_text("Event 20")
    expect(live.locator("#detail-title")).to_be_focused()
    assert in_view(live, "#detail-title") and in_view(live, "#detail .close")
    assert re.search(r"/live/messages/\d+$", live.url)
    live.locator("#detail .tabs a", has_text="Request").click()
    expect(live.locator("article[data-tab=request]")).to_be_visible()
    assert in_view(live, "#detail-title")
    send("track", event="Meanwhile")  # the list below goes on
    if way == "back":
        live.go_back()
    elif way == "close":
        live.get_by_role("link", name="Close the message").click()
    else:
        live.keyboard.press("Escape")
    expect(live.locator("#detail article")).to_have_count(0)
    expect(live.locator(".row")).to_have_count(81)
    expect(live.locator(".row a:focus")).to_contain_text("Event 20")
    assert live.url == f"{dataplane}/live"
    assert in_view(live, ".row a:focus") and scrolled(live) >= before
    live.go_forward()
    expect(live.locator("#detail-title")).to_contain_text("Event 20")
    live.go_back()
    expect(live.locator("#detail article")).to_have_count(0)
    # The list is one step: the next one back is where the visitor was before.
    live.go_back()
    assert live.url == "about:blank"


def test_back_returns_to_the_list_on_a_wide_screen_too(live: Page, send: Send, dataplane: str) -> None:
    for name in ("one", "two", "three"):
        send("page", name=name)
    live.get_by_label("User or anonymous id").fill("5b3f")
    expect(live).to_have_url(re.compile("user=5b3f"))
    live.locator(".row").first.click()
    expect(live.locator("#detail-title")).to_contain_text("three")
    live.locator(".row").nth(2).click()  # one step, however many were looked at
    expect(live.locator("#detail-title")).to_contain_text("one")
    live.go_back()
    expect(live.locator("#detail article")).to_have_count(0)
    expect(live.locator(".row a[aria-current]")).to_have_count(0)
    assert live.url == f"{dataplane}/live?user=5b3f"
    # An address that was opened as such has no list behind it.
    other = live.context.new_page()
    other.goto(f"{dataplane}/live/messages/{httpx.get(f'{dataplane}/health', trust_env=False).json()['lastSeq']}")
    expect(other.locator("#detail-title")).to_contain_text("three")
    other.get_by_role("link", name="Close the message").click()
    expect(other.locator("#detail article")).to_have_count(0)
    assert other.url == f"{dataplane}/live"


def test_users_on_a_phone(page: Page, send: Send, dataplane: str) -> None:
    story(send)
    send("page", anonymousId="a", name="x")
    send("page", anonymousId="an anonymous id that is longer than any line of a small screen, by far", name="x")
    page.set_viewport_size(PHONE)
    page.goto(f"{dataplane}/live/users")
    expect(page.locator(".row")).to_have_count(4)
    boxes = {
        name: [each.bounding_box() for each in page.locator(f".row {name}").all()]
        for name in (".what", ".who", "time", ".marks")
    }
    for name in (".what", ".who"):
        assert len({round(box["x"]) for box in boxes[name] if box}) == 1, name
    for name in ("time", ".marks"):
        assert len({round(box["x"] + box["width"]) for box in boxes[name] if box}) == 1, name
    for what, who, time, marks in zip(*boxes.values(), strict=True):
        assert what and who and time and marks
        assert what["x"] + what["width"] <= time["x"] and who["x"] + who["width"] <= marks["x"]
        assert abs(what["y"] - time["y"]) < 8 and abs(who["y"] - marks["y"]) < 8 and who["y"] > what["y"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.locator(".row", has_text="27340af5c8819").click()
    expect(page.locator("#person-title")).to_be_focused()
    assert in_view(page, "#person-title") and "user=27340af5c8819" in page.url
    page.go_back()
    expect(page.locator("#person article")).to_have_count(0)
    expect(page.locator(".row a:focus")).to_contain_text("27340af5c8819")
    page.go_forward()
    expect(page.locator("#person-title")).to_have_text("27340af5c8819")
    page.get_by_role("link", name="Close the user").click()
    expect(page.locator("#person article")).to_have_count(0)


def test_refused_requests_show_as_they_come(live: Page, send: Send, dataplane: str) -> None:
    send("page", name="fine")
    httpx.post(f"{dataplane}/v1/track", content=b'{"event": "almost",}', auth=("MY KEY", ""), trust_env=False)
    row = live.locator(".row").first
    expect(row).to_contain_text("400 invalid json")
    expect(row).to_contain_text("MY KEY")
    row.click()
    expect(live.locator("#detail")).to_contain_text('{"event": "almost",}')
    expect(live.locator("#detail .advice")).to_contain_text("Send one JSON object")
    live.get_by_label("Type").select_option("all")
    live.reload()
    live.get_by_label("Type").select_option("refused")
    expect(live.locator(".row")).to_have_count(1)


def test_the_pages_run_nothing_that_is_not_theirs(page: Page, send: Send, dataplane: str) -> None:
    """What the policy forbids is really forbidden, and the pages do without it."""
    blocked: list[str] = []
    page.on("console", lambda line: blocked.append(line.text) if "Content Security Policy" in line.text else None)
    story(send)
    for path in ("/live", "/live?type=track", "/live/messages/1", "/live/users", "/live/users?user=x", "/readme"):
        page.goto(dataplane + path)
        page.wait_for_load_state("networkidle")
        assert blocked == [], path
    page.goto(f"{dataplane}/live")
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = true' alt=''>");
        }"""
    )
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.ran") is None and blocked


def test_other_pages_can_neither_frame_nor_clear(page: Page, send: Send, dataplane: str) -> None:
    """A page of another origin on this machine, in a real browser."""
    send("page", name="kept")
    other = dataplane.replace("127.0.0.1", "localhost")
    page.goto(f"{other}/pages/style.css")
    page.set_content("<p>another site")
    assert (
        page.evaluate(
            """(target) => fetch(target, { method: "DELETE", mode: "cors" }).then(() => "sent", () => "refused")""",
            f"{dataplane}/api/events",
        )
        == "refused"
    )
    page.evaluate(
        """(target) => fetch(target, { method: "POST", mode: "no-cors", body: '{"status": 503}' }).catch(() => 0)""",
        f"{dataplane}/api/faults",
    )
    assert httpx.get(f"{dataplane}/api/faults", trust_env=False).json()["pending"] == []
    page.evaluate(
        """(source) => new Promise((settle) => {
            const frame = document.createElement("iframe");
            frame.onload = settle;
            frame.src = source;
            document.body.append(frame);
        })""",
        f"{dataplane}/live",
    )
    assert all(dataplane not in frame.url for frame in page.frames)
    rows = httpx.get(f"{dataplane}/api/events", trust_env=False).json()["events"]
    assert [row["message"]["name"] for row in rows] == ["kept"]


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_the_pages_look_and_who_can_use_them(
    scheme: str, browser: Browser, config: SimpleNamespace, dataplane: str, send: Send
) -> None:
    """Screenshots for people to look at, and no serious fault that axe-core can find."""
    story(send)
    mistakes = [("KEY", b'{"userId": "27340af5c8819",}'), ("", b'{"userId": "u"}'), ("KEY", b'{"event": "e"}')]
    for key, body in mistakes:
        httpx.post(f"{dataplane}/v1/track", content=body, auth=(key, ""), trust_env=False)
    httpx.post(f"{dataplane}/v1/trak", content=b'{"userId": "u"}', auth=("KEY", ""), trust_env=False)
    context = browser.new_context(viewport=config.VIEWPORT, color_scheme="dark" if scheme == "dark" else "light")
    context.set_default_timeout(config.TIMEOUT)
    page = context.new_page()

    def look(name: str) -> None:
        accessibility.look(page, f"{name}-{scheme}")

    page.goto(f"{dataplane}/live")
    expect(page.locator("#connection")).to_have_text("live")
    look("live")
    page.locator(".row:not(.refused)").first.click()
    for tab in ("Message", "Checks", "Destinations", "Request"):
        page.locator(".detail .tabs a", has_text=tab).click()
        expect(page.locator(f"article[data-tab={tab.lower()}]")).to_be_visible()
        look(f"live-{tab.lower()}")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look("live-clear")
    page.goto(f"{dataplane}/live?type=refused")
    page.locator(".row").first.click()
    expect(page.locator(".advice")).to_be_visible()
    look("live-refused")
    page.set_viewport_size(PHONE)
    page.goto(f"{dataplane}/live")
    expect(page.locator("#connection")).to_have_text("live")
    look("live-narrow")
    page.locator(".row.refused").first.click()
    expect(page.locator(".advice")).to_be_visible()
    look("live-refused-narrow")
    page.go_back()
    page.locator(".row", has_text="identify").first.click()
    expect(page.locator("#detail .tree").first).to_be_visible()
    look("live-message-narrow")
    page.goto(f"{dataplane}/live/users")
    look("users-narrow")
    page.locator(".row").first.click()
    expect(page.locator("#person-title")).to_be_visible()
    look("user-narrow")
    page.set_viewport_size(config.VIEWPORT)
    page.goto(f"{dataplane}/live?text=nothing")
    look("live-empty")
    page.goto(f"{dataplane}/live/users?user=27340af5c8819")
    look("users")
    page.goto(f"{dataplane}/readme")
    look("readme")
    page.goto(dataplane)
    page.get_by_role("button", name="Identify the example").click()
    expect(page.locator("#arrived")).to_contain_text("27340af5c8819", timeout=config.BOOT_TIMEOUT)
    look("demo")
    page.goto(f"{dataplane}/pyscript?type=mpy")
    expect(page.locator("#returned")).to_contain_text("messageId", timeout=config.BOOT_TIMEOUT)
    look("pyscript")
    context.close()
