"""What the official SDK's first version stored (`RudderEncrypt:`): written here by the official SDK itself."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from browser.site_under_test import Site, flush, stored_identity, until
from browser.test_python import run_pyscript
from playwright.sync_api import BrowserContext, Page

KNOWN = {"name": "Zoë ✓", "plan": {"n": 1}}
# With the secret of the official SDK; a user id inside v3, and one that is encrypted twice.
VECTOR = "RudderEncrypt:U2FsdGVkX1+5q5jikppUASe8AdIH6O2iORyF41sYXgxzIGiX9whSeVxxww0OK5h/"
VECTOR_SAYS = "1wefk7M3Y1D6EDX4ZpIE00LpKAE"
NESTED = "RS_ENC_v3_" + base64.b64encode(json.dumps(VECTOR).encode()).decode()


def official(site: Site, page: Page) -> str:
    """A visit with the official SDK, which stores as its first version did; the anonymousId."""
    storage = {"encryption": {"version": "legacy"}}
    page.goto(
        site.write(
            f"""<script src="/official/index.js"></script><script>
            const sdk = new window.rudderanalytics.RudderAnalytics();
            sdk.load("KEY", location.origin, {{configUrl: location.origin, storage: {json.dumps(storage)}}});
            sdk.ready(() => {{
              sdk.identify("u1", {json.dumps(KNOWN)});
              sdk.group("g1", {{a: 1}});
              window.anonymousId = sdk.getAnonymousId();
            }});
            </script>"""
        )
    )
    page.wait_for_function("window.anonymousId && document.cookie.includes('rl_group_trait')")
    cookies = dict(pair.split("=", 1) for pair in page.evaluate("document.cookie").split("; "))
    assert {unquote(text)[:14] for name, text in cookies.items() if name.startswith("rl_")} == {"RudderEncrypt:"}
    site.wait_for(2)
    site.clear()
    return str(page.evaluate("window.anonymousId"))


def test_a_visitor_of_the_official_sdks_first_version_is_known(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    anonymous_id = official(site, page)
    page.evaluate(f"localStorage.rl_auth_token = JSON.stringify({VECTOR!r})")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    site.open(page, runtime, before="<script>window.rudderanalytics = [['track', 'a']]</script>")
    assert page.evaluate("rudderanalytics.getAnonymousId()") in ("", anonymous_id)  # no other one is made up
    page.evaluate("rudderanalytics.identify({plan: {m: 2}})")
    flush(page)
    first, second = site.messages()
    assert (first["userId"], first["anonymousId"]) == ("u1", anonymous_id)
    assert first["context"]["traits"] == KNOWN
    assert second["context"]["traits"] == KNOWN | {"plan": {"n": 1, "m": 2}}
    identity = stored_identity(context)
    assert (identity["rl_user_id"], identity["rl_group_id"], identity["rl_group_trait"]) == ("u1", "g1", {"a": 1})
    assert identity["rl_auth_token"] == VECTOR_SAYS
    assert "RudderEncrypt" not in unquote(page.evaluate("document.cookie + JSON.stringify(localStorage)"))
    assert console == []

    site.open(page, runtime)
    page.evaluate("rudderanalytics.track('b')")
    flush(page)
    assert len([url for url in asked if url.endswith("/extras.mjs")]) == 1  # nobody else fetches it


@pytest.mark.parametrize(
    ("runtime", "text", "user_id"),
    [
        ("micropython", VECTOR, VECTOR_SAYS),
        ("pyodide", NESTED, VECTOR_SAYS),
        ("pyodide", VECTOR.replace("IGiX", "IGiY"), ""),
        ("micropython", "RudderEncrypt:%%", ""),
    ],
)
def test_nested_and_tampered_texts(
    site: Site, page: Page, context: BrowserContext, runtime: str, text: str, user_id: str
) -> None:  # [js 3.2, 3.5]
    context.add_cookies([{"name": "rl_user_id", "value": quote(text, safe=""), "url": site.url}])
    site.open(page, runtime)
    page.evaluate("rudderanalytics.track('a')")
    flush(page)
    assert site.messages()[0]["userId"] == user_id
    assert stored_identity(context).get("rl_user_id", "") == user_id
    assert "RudderEncrypt" not in unquote(page.evaluate("document.cookie"))


def test_a_page_without_web_crypto_leaves_them_alone(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    home = f"http://shop.example.test:{site.port}"
    context.route(home + "/**", lambda route: route.continue_(url=route.request.url.replace(home, site.url)))
    context.add_cookies([{"name": "rl_user_id", "value": quote(VECTOR, safe=""), "url": home}])
    site.open(page, runtime)
    page.goto(page.url.replace(site.url, home))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.identify('u2'); rudderanalytics.track('a')")
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.wait_for_function("localStorage.rl_user_id")
    assert page.evaluate("rudderanalytics.getUserId()") == "u2"
    assert unquote(page.evaluate("document.cookie")).count(VECTOR) == 1
    until(page, lambda: any("RudderEncrypt" in line for line in console))
    assert len([line for line in console if "RudderEncrypt" in line]) == 1


def test_a_page_with_nothing_but_the_wheel_opens_them_too(
    site: Site, page: Page, context: BrowserContext, dist: Path
) -> None:
    context.add_cookies([{"name": "rl_user_id", "value": quote(VECTOR, safe=""), "url": site.url}])
    (wheel,) = dist.glob("*-py3-none-any.whl")
    result = run_pyscript(
        site,
        page,
        "mpy",
        f"/dist/{wheel.name}",
        f"""
import rudderanalytics
rudderanalytics.load("{site.write_key}", "{site.url}", storage={{"entries": {{"group_id": {{"type": "none"}}}}}})
rudderanalytics.group("g1")
await rudderanalytics.flush()
result = [rudderanalytics.get_user_id(), rudderanalytics.get_group_id()]
""",
    )
    assert result == [VECTOR_SAYS, ""]
    (message,) = site.messages()
    assert (message["userId"], message["groupId"]) == (VECTOR_SAYS, "g1")
    assert stored_identity(context)["rl_user_id"] == VECTOR_SAYS
