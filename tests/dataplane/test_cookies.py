"""The cookie service, alone as a site mounts it, and in the local data plane."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import event_loop
import httpx
import pytest

from dataplane.ingest import cookies

WEB = Path(__file__).parents[2] / "web"
HOST = "www.example.com"
VALUE = "RS_ENC_v3_InUxIg=="
ASKED = {"maxAge": 31_536_000_000, "path": "/", "domain": ".example.com", "sameSite": "Lax", "secure": False}


class Service:
    """The app, called as a server calls it."""

    def __init__(self, base_url: str = f"https://{HOST}", path: str = "/rsaRequest") -> None:
        self._base_url = base_url
        self._app = cookies.create_app(path)

    def request(self, method: str, path: str = "/rsaRequest", **more: Any) -> httpx.Response:
        return event_loop.run(self._request(method, path, **more))

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url=self._base_url) as client:
            return await client.request(method, path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)


@pytest.fixture
def service() -> Service:
    return Service()


def ask(
    service: Service, given: list[dict] | None = None, origin: str | None = f"https://{HOST}", **options: object
) -> httpx.Response:
    wanted = [{"name": "rl_user_id", "value": VALUE}] if given is None else given
    body: dict[str, Any] = {"reqType": "setCookies", "data": {"options": ASKED | options, "cookies": wanted}}
    return service.post("/rsaRequest", json=body, headers={"Origin": origin} if origin else {})


def test_each_cookie_is_set_with_what_is_asked_for(service: Service) -> None:
    answer = ask(service, [{"name": name, "value": VALUE} for name in sorted(cookies.NAMES)])
    assert answer.status_code == 200
    assert answer.headers.get_list("set-cookie") == [
        f"{name}=RS_ENC_v3_InUxIg%3D%3D; Path=/; Max-Age=31536000; SameSite=Lax; Domain=example.com"
        for name in sorted(cookies.NAMES)
    ]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("options", "attributes"),
    [
        ({"maxAge": 0}, "Path=/; SameSite=Lax; Domain=example.com"),
        ({"maxAge": 1e15}, "Path=/; Max-Age=34560000; SameSite=Lax; Domain=example.com"),
        (
            {"maxAge": 0, "expires": "2030-01-02T03:04:05Z"},
            "Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT; SameSite=Lax; Domain=example.com",
        ),
        ({"path": "/shop"}, "Path=/shop; Max-Age=31536000; SameSite=Lax; Domain=example.com"),
        ({"sameSite": "None"}, "Path=/; Max-Age=31536000; SameSite=None; Secure; Domain=example.com"),
        ({"secure": True}, "Path=/; Max-Age=31536000; SameSite=Lax; Secure; Domain=example.com"),
        ({"domain": None, "hostOnly": True}, "Path=/; Max-Age=31536000; SameSite=Lax"),
        ({"domain": None}, "Path=/; Max-Age=31536000; SameSite=Lax; Domain=www.example.com"),
    ],
)
def test_attributes_are_those_that_are_asked_for(options: dict, attributes: str, service: Service) -> None:
    assert ask(service, **options).headers["set-cookie"].split("; ", 1)[1] == attributes


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_host_without_subdomains_has_cookies_of_its_own(host: str) -> None:
    service = Service(f"http://{host}")
    answer = ask(service, origin=f"http://{host}", domain=None)
    assert answer.headers["set-cookie"].endswith("; SameSite=Lax")


def test_pages_of_any_origin_may_ask_with_credentials(service: Service) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    preflight = service.request("OPTIONS", headers={"Origin": "https://shop.example.com"} | asked)
    answer = ask(service, origin="https://shop.example.com")
    for each in (preflight, answer):
        assert each.headers["access-control-allow-origin"] == "https://shop.example.com"
        assert each.headers["access-control-allow-credentials"] == "true"
    assert preflight.headers["access-control-allow-headers"] == "authorization,content-type"


@pytest.mark.parametrize(
    ("origin", "options", "status"),
    [
        (None, {}, 200),  # no browser
        ("https://example.com", {}, 200),
        ("https://a.b.example.com:8443", {}, 200),
        ("https://www.example.com", {"domain": None}, 200),
        ("https://evil.example", {}, 403),
        ("https://badexample.com", {}, 403),
        ("https://shop.example.com", {"domain": None, "hostOnly": True}, 403),
        ("null", {}, 403),
        ("http://[", {}, 403),
    ],
)
def test_a_page_of_another_site_sets_nothing(origin: str | None, options: dict, status: int, service: Service) -> None:
    answer = ask(service, origin=origin, **options)
    assert (answer.status_code, "set-cookie" in answer.headers) == (status, status == 200)


LONG = "RS_ENC_v3_" + "A" * 4100


@pytest.mark.parametrize(
    "given",
    [
        [],
        [{"name": "theirs", "value": VALUE}],
        [{"name": "rl_user_id", "value": VALUE}] * 2,
        [{"name": "rl_user_id", "value": VALUE}] * 10,
        [{"name": "rl_user_id", "value": "plain"}],
        [{"name": "rl_user_id", "value": VALUE + "; Domain=.com"}],
        [{"name": "rl_user_id", "value": VALUE + "\r\nX: y"}],
        [{"name": "rl_user_id", "value": LONG}],
        [{"name": "rl_user_id", "value": 5}],
        [{"name": ["rl_user_id"], "value": VALUE}],
        ["rl_user_id"],
    ],
)
def test_only_cookies_of_the_sdk_are_set(given: list, service: Service) -> None:
    answer = ask(service, given)
    assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "options",
    [
        {"domain": "example.com; Secure"},
        {"domain": "exa mple.com"},
        {"domain": 5},
        {"path": "shop"},
        {"path": "/; Domain=x"},
        {"path": ["/"]},
        {"sameSite": "Any"},
        {"secure": "yes"},
        {"maxAge": "1 year"},
        {"maxAge": -1},
        {"maxAge": True},
        {"maxAge": 0, "expires": "soon"},
        {"maxAge": 0, "expires": 5},
    ],
)
def test_attributes_are_checked(options: dict, service: Service) -> None:
    answer = ask(service, **options)
    assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"5",
        b"{}",
        b'{"reqType": "other", "data": {}}',
        b'{"reqType": "setCookies"}',
        b'{"reqType": "setCookies", "data": 5}',
        b'{"reqType": "setCookies", "data": {"cookies": "x"}}',
        b'{"reqType": "setCookies", "data": {"options": "x", "cookies": []}}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
def test_what_is_no_request_is_refused(body: bytes, service: Service) -> None:
    answer = service.post("/rsaRequest", content=body)
    assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)


def test_a_body_without_end_is_cut(service: Service) -> None:
    assert service.post("/rsaRequest", content=b" " * 70_000).status_code == 413


def test_it_is_where_the_site_wants_it() -> None:
    service = Service(path="/cookies/set")
    assert [service.post(path).status_code for path in ("/cookies/set", "/rsaRequest")] == [400, 404]
    assert service.request("GET", "/cookies/set").status_code == 405


def test_it_needs_nothing_else_of_the_house() -> None:
    """A site that mounts it has Starlette, and starts no database."""
    code = "import sys; import dataplane.ingest.cookies as c; c.create_app(); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=WEB, capture_output=True, text=True, check=True)
    found = ran.stdout.split()
    assert [name for name in found if name.startswith("dataplane.")] == [
        "dataplane.ingest",
        "dataplane.ingest.cookies",
        "dataplane.ingest.cors",
    ]
    assert "sqlite3" not in found


def test_the_local_data_plane_answers_the_same(client: httpx.Client) -> None:
    body = {"reqType": "setCookies", "data": {"options": {}, "cookies": [{"name": "rl_user_id", "value": VALUE}]}}
    answer = client.post("/rsaRequest", json=body)
    assert answer.status_code == 200
    assert answer.headers["set-cookie"].startswith("rl_user_id=RS_ENC_v3_InUxIg%3D%3D; Path=/")
