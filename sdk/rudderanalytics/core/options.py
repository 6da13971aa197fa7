"""Load options: what can be set, its default, and what is accepted [js 5].

Must not know: who acts on them. An option that is unknown or of the wrong type gets one line that names it, and the
default; a write key or a data plane URL that cannot work is refused.
"""

from ..errors import Refused
from .effects import LEVELS

TYPES = ("cookieStorage", "localStorage", "sessionStorage", "memoryStorage", "none")
"""Where a value of the visitor's identity can be kept [js 3.4]."""

_KEPT = "userId userTraits anonymousId groupId groupTraits initialReferrer initialReferringDomain sessionInfo authToken"

DEFAULTS: dict = {
    "logLevel": "WARN",
    "sessions": {"autoTrack": True, "timeout": 1_800_000, "cutOff": {"enabled": False, "duration": 43_200_000}},
    "integrations": {"All": True},
    "useGlobalIntegrationsConfigInEvents": False,
    "sameSiteCookie": "Lax",
    "secureCookie": False,
    "setCookieDomain": None,
    "sameDomainCookiesOnly": False,
    "storage": {
        "type": "cookieStorage",
        "entries": {name: {"type": None} for name in _KEPT.split()},
        "cookie": {
            "maxage": 31_536_000_000,
            "expires": None,
            "path": "/",
            "domain": None,
            "samesite": None,
            "secure": None,
        },
        "encryption": {"version": "v3"},
        "migrate": True,
    },
    "anonymousIdOptions": {"autoCapture": {"enabled": False, "source": None}},
    "externalAnonymousIdCookieName": None,
    "uaChTrackLevel": "none",
    "autoTrack": {"enabled": False, "pageLifecycle": {"enabled": None}},
    "queueOptions": {
        "minRetryDelay": 1_000,
        "maxRetryDelay": 300_000,
        "batch": {"maxItems": 100, "maxSize": 512_000},
    },
    "preConsent": {"enabled": False, "storage": {"strategy": "none"}, "events": {"delivery": "immediate"}},
    "consentManagement": {"enabled": False, "provider": None, "allowedConsentIds": None, "deniedConsentIds": None},
    "respectGPC": False,
    "respectDNT": False,
    "outboxMaxBytes": 2_097_152,
    "beforeSend": None,
    "redact": ["token", "key", "password", "secret", "code", "email"],
}
"""Every option and its default. `logLevel` is WARN here (ERROR in the official SDK): a line that says what was refused
or could not be stored should be seen. Durations in ms (`maxage` 0: until the browser is closed), `maxSize` and
`outboxMaxBytes` in bytes."""

_FREE = ("integrations",)  # its members have any name

# By the last part of an option's name: the values that it takes, or their type where it is not that of the default.
_ACCEPTS: "dict[str, tuple | type]" = {
    "logLevel": LEVELS,
    "sameSiteCookie": ("Strict", "Lax", "None"),
    "setCookieDomain": str,
    "type": TYPES,
    "expires": str,
    "domain": str,
    "samesite": ("Strict", "Lax", "None"),
    "secure": bool,
    "version": ("v3", "legacy"),
    "source": ("segment", "Segment"),
    "externalAnonymousIdCookieName": str,
    "uaChTrackLevel": ("none", "default", "full"),
    "enabled": bool,
    "strategy": ("none", "session", "anonymousId"),
    "delivery": ("immediate", "buffer"),
    "provider": ("oneTrust", "ketch", "iubenda", "custom"),
    "allowedConsentIds": list,
    "deniedConsentIds": list,
    "beforeSend": ("a function",),
    "redact": list,
}

_EXPECTED = {bool: "true or false", int: "a whole number, 0 or more", str: "a text", dict: "an object", list: "a list"}


def validate(options: object) -> tuple[dict, list[str]]:
    """The options with defaults filled in, and one line for each that was not accepted."""
    lines = [] if options is None or isinstance(options, dict) else ["load: the options should be an object"]
    accepted = fill(options if isinstance(options, dict) else {}, DEFAULTS, "load option ", lines)
    accepted["sessions"] = _sensible(accepted["sessions"], lines)
    if accepted["storage"]["encryption"]["version"] == "legacy":
        lines.append("load option storage.encryption.version: what is stored is plain JSON, which every version reads")
    return accepted, lines


def _sensible(sessions: dict, lines: list[str]) -> dict:
    """Warnings of [js 3.9], and no cut-off before the timeout."""
    timeout = sessions["timeout"]
    if not sessions["autoTrack"]:
        return sessions
    if timeout < 10_000:
        much = "under 10 seconds is not recommended" if timeout else "of 0 turns automatic sessions off"
        lines.append(f"load option sessions.timeout {much}")
    if sessions["cutOff"]["enabled"] and sessions["cutOff"]["duration"] < timeout:
        lines.append("load option sessions.cutOff.duration is less than the timeout; there is no cut-off")
        return sessions | {"cutOff": {"enabled": False}}
    return sessions


def fill(given: dict, defaults: dict, before: str, lines: list[str]) -> dict:
    """The defaults with what is given over them; a line for each that is not accepted, `before` in front."""
    accepted = dict(defaults)
    for name in sorted(given):  # the same order on every interpreter
        value = given[name]
        if value is None:
            continue
        if name not in defaults:
            lines.append(f"{before}{name} does nothing here; it is ignored")
            continue
        wanted = _ACCEPTS.get(name, type(defaults[name]))
        if not _fits(value, wanted):
            expected = " or ".join(wanted) if isinstance(wanted, tuple) else _EXPECTED[wanted]
            lines.append(f"{before}{name} should be {expected}; the default is used")
        elif name in _FREE:
            accepted[name] = defaults[name] | value
        elif wanted is dict:
            accepted[name] = fill(value, defaults[name], f"{before}{name}.", lines)
        else:
            accepted[name] = value
    return accepted


def _fits(value: object, wanted: "tuple | type") -> bool:
    if isinstance(wanted, tuple):
        return value in wanted
    if isinstance(value, int) and wanted is int:
        return value >= 0 and not isinstance(value, bool)
    if isinstance(value, list):
        return wanted is list and all(isinstance(item, str) for item in value)
    return isinstance(value, wanted) and value != ""


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
