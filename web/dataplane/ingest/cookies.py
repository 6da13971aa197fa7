"""A cookie service: sets the visitor's cookies as a server, because Safari keeps those of scripts for 7 days only.

`create_app()` is an ASGI app of its own, for a site that mounts it behind its own domain (docs/cookies.md has uvicorn
and nginx); the local data plane answers `/rsaRequest` with the same. It keeps nothing, and knows nothing else of this
house.

The request is the official SDK's [js 3.10]: `POST` JSON `{"reqType": "setCookies", "data": {"options": {"maxAge" (ms),
"path", "domain", "sameSite", "secure", "expires", "hostOnly"}, "cookies": [{"name", "value"}, ...]}}`; `hostOnly` is
ours. Only names and values of that SDK are set, at most nine, of 4 kB each, and only for pages whose host is within the
cookies' domain: who could set the cookies of another site would say who its visitors are.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

NAMES = frozenset(
    {
        "rl_user_id",
        "rl_trait",
        "rl_anonymous_id",
        "rl_group_id",
        "rl_group_trait",
        "rl_page_init_referrer",
        "rl_page_init_referring_domain",
        "rl_session",
        "rl_auth_token",
    }
)
"""The official SDK's [js 3.1]."""
MOST = len(NAMES)
LARGEST = 4096
"""Bytes of a cookie's name and value together that browsers keep (RFC 6265bis, section 5.6)."""
_BODY = 65_536
"""Bytes of a request: nine cookies, and what is around them."""
_YEARS = 400 * 24 * 3600
"""Seconds that browsers keep a cookie, at most (RFC 6265bis, section 5.5)."""
_VALUE = re.compile(r"(?:RS_ENC_v3_|RudderEncrypt:)[A-Za-z0-9+/]+={0,2}")
_PATH = re.compile(r"/[\w.~!$&'()*+,=:@%/-]*", re.ASCII)
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})*", re.ASCII)
_NUMERIC = re.compile(r"[\d.]+")
_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}


class Refusal(Exception):
    """The request is not one that sets cookies; says why."""

    def __init__(self, why: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(why)
        self.status = status


async def set_cookies(request: Request) -> Response:
    """Answer with the cookies that are asked for, or refuse."""
    try:
        given = await _given(request)
        attributes = _attributes(given["options"], _host_of(request), _origin_of(request))
        pairs = _pairs(given["cookies"])
    except Refusal as refusal:
        return JSONResponse({"error": str(refusal)}, refusal.status)
    answer = JSONResponse({"status": "success"}, headers={"Cache-Control": "no-store"})
    for name, value in pairs.items():
        # As encodeURIComponent writes it, which the SDKs undo.
        answer.headers.append("Set-Cookie", "; ".join([f"{name}={quote(value, safe='')}", *attributes]))
    return answer


ROUTES = [Route("/rsaRequest", set_cookies, methods=["POST"])]


def create_app(path: str = "/rsaRequest") -> Starlette:
    """The service alone; `path` is where a site has it (the load option `dataServiceEndpoint`)."""
    from .cors import Cors  # the local data plane has one around all that it answers

    app = Starlette(routes=[Route(path, set_cookies, methods=["POST"])])
    app.add_middleware(Cors, exempt=lambda asked: asked != path)
    return app


async def _given(request: Request) -> dict[str, Any]:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _BODY:
                raise Refusal("the body is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        given = json.loads(body)
        if given["reqType"] != "setCookies" or not isinstance(given["data"], dict):
            raise Refusal("reqType is not setCookies")
        data: dict[str, Any] = {"options": given["data"].get("options") or {}, "cookies": given["data"].get("cookies")}
    except ClientDisconnect as gone:
        raise Refusal("the body is cut off") from gone
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise Refusal("the body is no request to set cookies") from wrong
    if not isinstance(data["options"], dict):
        raise Refusal("options is no object")
    return data


def _pairs(cookies: object) -> dict[str, str]:
    if not isinstance(cookies, list) or not 0 < len(cookies) <= MOST:
        raise Refusal(f"cookies is no list of 1 to {MOST}")
    pairs = {}
    for cookie in cookies:
        name = cookie.get("name") if isinstance(cookie, dict) else None
        value = cookie.get("value") if isinstance(cookie, dict) else None
        if not isinstance(name, str) or name not in NAMES or name in pairs:
            raise Refusal("a cookie has a name that is none of the SDK's, or is there twice")
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise Refusal(f"the value of {name} is not in the SDK's encoding")
        if len(name) + len(quote(value, safe="")) > LARGEST:
            raise Refusal(f"{name} is larger than a cookie can be")
        pairs[name] = value
    return pairs


def _attributes(options: dict[str, Any], host: str, origin: str | None) -> list[str]:
    """The attributes of all cookies as `Set-Cookie` has them."""
    domain = _domain(options, host)
    within = domain or host
    if origin is not None and origin != within and not (domain and origin.endswith("." + domain)):
        raise Refusal("the page is of another site than its cookies", HTTPStatus.FORBIDDEN)
    return [part for read in (_path, _lasting, _same_site, _secure) for part in read(options)] + (
        [f"Domain={domain}"] if domain else []
    )


def _domain(options: dict[str, Any], host: str) -> str:
    """Which subdomains share the cookies with it; "": none, they are the host's alone."""
    given = options.get("domain")
    if given is None or given == "":
        # The official SDK says none where it means the widest, which is the host that it asks; ours says what it means.
        is_shared = options.get("hostOnly") is not True and "." in host and not _NUMERIC.fullmatch(host)
        return host if is_shared else ""
    domain = given.lower().removeprefix(".") if isinstance(given, str) else ""
    if not _HOST.fullmatch(domain):
        raise Refusal("domain is no name of a host")
    return "" if _NUMERIC.fullmatch(domain) or domain == "localhost" else domain


def _path(options: dict[str, Any]) -> list[str]:
    path = options.get("path") or "/"
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise Refusal("path is none of a cookie")
    return [f"Path={path}"]


def _lasting(options: dict[str, Any]) -> list[str]:
    age, expires = options.get("maxAge"), options.get("expires")
    if age:
        if isinstance(age, bool) or not isinstance(age, int | float) or not 0 < age < float("inf"):
            raise Refusal("maxAge is no time in ms")
        return [f"Max-Age={min(int(age / 1000), _YEARS)}"]
    if expires is None:
        return []
    try:
        at = datetime.fromisoformat(expires).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise Refusal("expires is no ISO-8601 time") from None
    return [f"Expires={format_datetime(at, usegmt=True)}"]


def _same_site(options: dict[str, Any]) -> list[str]:
    given = options.get("sameSite") or "Lax"
    if not isinstance(given, str) or given.lower() not in _SAME_SITE:
        raise Refusal("sameSite is none of Strict, Lax and None")
    return [f"SameSite={_SAME_SITE[given.lower()]}"]


def _secure(options: dict[str, Any]) -> list[str]:
    secure = options.get("secure")
    if secure not in (None, True, False):
        raise Refusal("secure is neither true nor false")
    return ["Secure"] if secure or str(options.get("sameSite")).lower() == "none" else []


def _host_of(request: Request) -> str:
    return (urlsplit("//" + request.headers.get("host", "")).hostname or "").lower()


def _origin_of(request: Request) -> str | None:
    """The host of the page that asks; None: no browser asks. A page that says `null` is nobody's."""
    origin = request.headers.get("origin")
    return None if origin is None else (_hostname(origin) or "null")


def _hostname(address: str) -> str:
    read: Callable[[str], Any] = urlsplit
    try:
        return (read(address).hostname or "").lower()
    except ValueError:
        return ""
