"""Every line of [server §1.8]."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from .conftest import Post

ORIGIN = "https://shop.example"
PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"


def cors(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def preflight(client: httpx.Client, path: str = "/v1/identify", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.options(path, headers=named)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["vary"] == PREFLIGHT_VARY
    assert "content-type" not in answer.headers
    return answer


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("path", ["/v1/identify", "/beacon/v1/batch", "/nowhere", "/sourceConfig/"])
def test_preflight_comes_before_routing_and_auth(path: str, method: str, client: httpx.Client) -> None:
    asked = "authorization,anonymousid,Content-Type, X-Any"
    answer = preflight(
        client, path, Origin=ORIGIN, Access_Control_Request_Method=method, Access_Control_Request_Headers=asked
    )
    assert cors(answer) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": method,
        "access-control-allow-headers": asked,
        "access-control-allow-credentials": "true",
        "access-control-max-age": "900",
    }


def test_preflight_allows_headers_only_if_asked(client: httpx.Client) -> None:
    answer = preflight(client, Origin=ORIGIN, Access_Control_Request_Method="POST")
    assert "access-control-allow-headers" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "post"])
def test_preflight_for_other_methods_only_varies(method: str, client: httpx.Client) -> None:
    assert cors(preflight(client, Origin=ORIGIN, Access_Control_Request_Method=method)) == {}


def test_preflight_without_an_origin_only_varies(client: httpx.Client) -> None:
    assert cors(preflight(client, Access_Control_Request_Method="POST")) == {}


def test_private_networks_are_not_mentioned(client: httpx.Client) -> None:
    answer = preflight(
        client, Origin=ORIGIN, Access_Control_Request_Method="POST", Access_Control_Request_Private_Network="true"
    )
    assert "access-control-allow-private-network" not in answer.headers


def test_options_without_a_requested_method_reaches_the_router(client: httpx.Client) -> None:
    answer = client.options("/v1/identify", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.content) == (405, b"")


SENDS: dict[int, Callable[[httpx.Client, Post, dict[str, str]], httpx.Response]] = {
    200: lambda _, post, headers: post("/v1/identify", {"userId": "u"}, headers),
    400: lambda _, post, headers: post("/v1/identify", b"{", headers),
    401: lambda client, _, headers: client.post("/v1/identify", headers=headers),
    404: lambda _, post, headers: post("/nowhere", b"", headers),
    405: lambda client, _, headers: client.get("/v1/identify", headers=headers),
    413: lambda _, post, headers: post("/v1/batch", b'{"batch":[{"userId":"' + b"x" * 4_096_000 + b'"}]}', headers),
    500: lambda _, post, headers: post("/v1/batch", b"x", {**headers, "Content-Encoding": "gzip"}),
    503: lambda _, post, headers: post("/v1/identify", {"userId": "u"}, headers),
}


@pytest.mark.parametrize("status", SENDS)
def test_actual_requests_of_any_status(status: int, client: httpx.Client, post: Post) -> None:
    if status == 503:
        client.post("/api/faults", json={"status": 503, "times": 2})
    answer = SENDS[status](client, post, {"Origin": ORIGIN})
    assert answer.status_code == status
    assert answer.headers["vary"] == "Origin"
    assert cors(answer) == {"access-control-allow-origin": ORIGIN, "access-control-allow-credentials": "true"}
    without = SENDS[status](client, post, {})
    assert without.status_code == status and without.headers["vary"] == "Origin" and cors(without) == {}


def test_a_method_that_is_not_allowed_gets_no_headers(client: httpx.Client) -> None:
    answer = client.put("/v1/identify", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["vary"], cors(answer)) == (405, "Origin", {})


def test_pages_of_other_origins_cannot_read_what_arrived(client: httpx.Client) -> None:
    for answer in (
        client.get("/api/events", headers={"Origin": ORIGIN}),
        client.options("/api/events", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "DELETE"}),
    ):
        assert cors(answer) == {}


def test_the_pixel_has_them_too(client: httpx.Client) -> None:
    answer = client.get("/pixel/v1/page?writeKey=KEY&userId=u", headers={"Origin": "null"})
    assert answer.headers["access-control-allow-origin"] == "null"


def test_source_config_for_the_official_sdk(client: httpx.Client) -> None:
    headers: dict[str, Any] = {"Origin": ORIGIN}
    for path in ("/sourceConfig", "/sourceConfig/"):
        answer = client.get(path, params={"writeKey": "KEY", "p": "cdn"}, headers=headers, auth=("KEY", ""))
        assert cors(answer) == {"access-control-allow-origin": ORIGIN, "access-control-allow-credentials": "true"}
        source = answer.json()["source"]
        assert source["writeKey"] == "KEY" and source["enabled"] is True and source["destinations"] == []
        assert source["id"] and source["name"] and source["workspaceId"]
        assert source["config"]["statsCollection"] == {"errors": {"enabled": False}, "metrics": {"enabled": False}}
    assert client.get("/sourceConfig/", auth=("OTHER", "")).json()["source"]["writeKey"] == "OTHER"
