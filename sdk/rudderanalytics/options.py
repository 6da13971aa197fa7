"""Load options: what can be set, its default, and what is accepted [js 5].

Must not know: who acts on them. An option that is unknown or of the wrong type gets one line that names it, and the
default; a write key or a data plane URL that cannot work is refused.
"""

from .effects import LEVELS
from .errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULTS: dict = {
    "logLevel": "WARN",
    "sessions": {"autoTrack": True, "timeout": 1_800_000},
    "sameSiteCookie": "Lax",
    "secureCookie": False,
    "setCookieDomain": None,
    "sameDomainCookiesOnly": False,
    "outboxMaxBytes": 2_097_152,
}
"""Every option and its default. `logLevel` is WARN here (ERROR in the official SDK): a line that says what was refused
or could not be stored should be seen. `sessions.timeout` in ms, `outboxMaxBytes` in bytes."""


def validate(options: object) -> tuple[dict, list[str]]:
    """The options with defaults filled in, and one line for each that was not accepted."""
    given = options if isinstance(options, dict) else {}
    accepted = dict(DEFAULTS)
    lines = []
    for name in sorted(given):  # the same order on every interpreter
        value = given[name]
        if value is None:
            continue
        if name not in _ACCEPTS:
            lines.append(f"load option {name} is not known; it is ignored")
            continue
        fits, expected = _ACCEPTS[name]
        if not fits(value):
            lines.append(f"load option {name} should be {expected}; the default is used")
        elif isinstance(value, dict):
            accepted[name] = DEFAULTS[name] | value
        else:
            accepted[name] = value
    return accepted, lines


def write_key(value: object) -> str:
    """The write key, or `Refused`."""
    if not isinstance(value, str) or not value.strip():
        raise Refused("load: the write key is missing; nothing is sent, calls are kept until a load that works")
    return value.strip()


def data_plane_url(value: object) -> str:
    """The data plane URL without query, fragment and slashes at its end, or `Refused`."""
    url = value.strip() if isinstance(value, str) else ""
    scheme, _, rest = url.partition("://")
    rest = rest.split("#", 1)[0].split("?", 1)[0]
    host = rest.split("/", 1)[0]
    if scheme.lower() not in ("http", "https") or not _is_host(host) or any(c <= " " for c in rest):
        raise Refused(
            f"load: {url!r} is not a data plane URL (http or https); nothing is sent, "
            "calls are kept until a load that works"
        )
    while rest.endswith("/"):
        rest = rest[:-1]
    return f"{scheme.lower()}://{rest}"


def _is_host(host: str) -> bool:
    name, _, port = host.rpartition(":") if ":" in host and not host.endswith("]") else (host, "", "0")
    return bool(name) and port.isdigit() and not any(c in "@\\<>\"'`{}|^" for c in name)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_same_site(value: object) -> bool:
    return value in ("Strict", "Lax", "None")


def _is_level(value: object) -> bool:
    return value in LEVELS


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_sessions(value: object) -> bool:
    return isinstance(value, dict) and _is_flag(value.get("autoTrack", True)) and _is_size(value.get("timeout", 0))


_ACCEPTS: "dict[str, tuple[Callable[[object], bool], str]]" = {
    "logLevel": (_is_level, "one of " + ", ".join(LEVELS)),
    "sessions": (_is_sessions, "{autoTrack: boolean, timeout: ms}"),
    "sameSiteCookie": (_is_same_site, "Strict, Lax or None"),
    "secureCookie": (_is_flag, "a boolean"),
    "setCookieDomain": (_is_text, "a domain"),
    "sameDomainCookiesOnly": (_is_flag, "a boolean"),
    "outboxMaxBytes": (_is_size, "a number of bytes"),
}
