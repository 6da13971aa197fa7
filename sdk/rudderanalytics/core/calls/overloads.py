"""Calls: the public overloads, untangled into one canonical call per method [js 1.5].

Must not know: who the visitor is, the page, the wire. In: the list of arguments as JSON values, callbacks already
taken off by the page. Out: a plain dict with a fixed set of keys per method. Raises `Refused` for a call that must
not be acted on (a blank id, say); its text is the line to log.
"""

from ...errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_IDS = ("NaN", "Infinity", "-Infinity")
_BLANK = (
    " \t\n\r\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
"""Characters that show nothing. A list, because the interpreters' `strip` differ beyond ASCII. The page has it too."""
_ENCODED = ("RudderEncrypt:", "RS_ENC_v3_")
"""How the texts begin that the official SDK stores [js 3.2]: an id that is one would be read as another."""
_KEEPS_NO_ID = ("track", "page", "endSession")


def canonical(method: str, arguments: list) -> dict:
    """The canonical call: `{"type": method, ...}` with the keys that its function below names."""
    if method not in _KEEPS_NO_ID and _is_encoded(_at(arguments, 0)):
        raise Refused(f"{method}: what is encoded is not an id; the call is ignored")
    call: dict = METHODS[method](arguments)
    call["type"] = method
    return call


def _at(arguments: list, index: int) -> object:
    return arguments[index] if index < len(arguments) else None


def _object(value: object) -> dict | None:
    return value if isinstance(value, dict) else None


def _id(value: object, method: str) -> str | None:
    """A user id as text: None stays None (keep the stored one), numbers and booleans become their JSON text.

    The official SDK takes blank, NaN and array ids; the gateway refuses blank ones [server 1.5], and nobody means the
    others, so they are refused here (CONTRACT section 8).
    """
    text = _text(value, method)
    if text is not None and _is_blank(text):
        raise Refused(f"{method}: {text!r} is not an id; the call is ignored")
    return text


def _is_blank(text: str) -> bool:
    return all(character in _BLANK for character in text)


def _is_encoded(value: object) -> bool:
    return isinstance(value, str) and any(value.startswith(beginning) for beginning in _ENCODED)


def _text(value: object, method: str) -> str | None:
    if isinstance(value, str) and value in _NOT_IDS:
        raise Refused(f"{method}: {value!r} is not an id; the call is ignored")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value - value != 0:
        raise Refused(f"{method}: {value} is not an id; the call is ignored")
    if isinstance(value, (int, float)):  # as JavaScript writes them: whole numbers in full up to 1e21
        return str(int(value)) if value == int(value) and abs(value) < 1e21 else _fraction(str(value))
    found = "an array" if isinstance(value, list) else "an object"
    raise Refused(f"{method}: {found} is not an id; the call is ignored")


def _fraction(text: str) -> str:
    """A number's text as JavaScript has it: 1e-7 for 1e-07, 0.000015 for 1.5e-05."""
    digits, _, exponent = text.partition("e-")
    places = int(exponent or 0)
    if places in (5, 6):
        return ("-" if digits[0] == "-" else "") + "0." + "0" * (places - 1) + digits.lstrip("-").replace(".", "")
    return f"{digits}e-{places}" if places else text


def _traits_and_options(arguments: list) -> dict:
    """`traits` and `options` of identify and group, whose id can be left out: `({...}, options)`."""
    start = 0 if isinstance(_at(arguments, 0), dict) else 1
    return {"traits": _object(_at(arguments, start)), "options": _object(_at(arguments, start + 1))}


def _identify(arguments: list) -> dict:
    """`userId` (None: the current visitor), `traits` (None: not given), `options`."""
    first = _at(arguments, 0)
    return {"userId": None if isinstance(first, dict) else _id(first, "identify")} | _traits_and_options(arguments)


def _group(arguments: list) -> dict:
    """`groupId` (None: the current group, "": none any more), `traits`, `options`."""
    first = _at(arguments, 0) if arguments else ""
    return {"groupId": None if isinstance(first, dict) else _text(first, "group")} | _traits_and_options(arguments)


def _track(arguments: list) -> dict:
    """`event` as given (None: left out), `properties` as given or {}, `options`."""
    properties = _at(arguments, 1)
    return {
        "event": None if _at(arguments, 0) in ("", 0) else _at(arguments, 0),  # 0 is False, too
        "properties": {} if properties is None else properties,
        "options": _object(_at(arguments, 2)),
    }


def _page(arguments: list) -> dict:
    """`category`, `name`, `properties`, `options`: the overloads of [js 1.5]."""
    first = _at(arguments, 0)
    second = _at(arguments, 1)
    if isinstance(first, dict):
        return {"category": None, "name": None, "properties": first, "options": _object(second)}
    if isinstance(second, dict):
        named = {"name": first, "category": None} if isinstance(first, str) else {"name": None, "category": first}
        return {"properties": second, "options": _object(_at(arguments, 2))} | named
    alone = isinstance(first, str) and not isinstance(second, str)
    return {
        "category": None if alone else first,
        "name": first if alone else second,
        "properties": _object(_at(arguments, 2)) or {},
        "options": _object(_at(arguments, 3)),
    }


def _alias(arguments: list) -> dict:
    """`to` (None: the stored user id), `from` (None: the stored id), `options`."""
    second = _at(arguments, 1)
    options = second if isinstance(second, dict) else _at(arguments, 2)
    return {
        "to": _id(_at(arguments, 0), "alias"),
        "from": None if isinstance(second, dict) else _id(second, "alias"),
        "options": _object(options),
    }


def _reset(arguments: list) -> dict:
    """`entries`: which of the nine values go, by state key, where the caller says so (else the defaults [js 1.9])."""
    first = _at(arguments, 0)
    if isinstance(first, bool):
        return {"entries": {"anonymousId": first}}
    entries = _object(first["entries"]) if isinstance(first, dict) and "entries" in first else None
    return {"entries": entries or {}}


def _set_anonymous_id(arguments: list) -> dict:
    """`anonymousId`, or None: then what the `linker` says, or a fresh one.

    A blank one counts as none: with it the gateway would refuse every message of the visitor [server 1.5]. So does the
    text of a number that is none: it comes of a mistake, and would be the same for all visitors.
    """
    first, linker = [
        value if isinstance(value, str) and not _is_blank(value) else None for value in (arguments + [None, None])[:2]
    ]
    return {"anonymousId": None if first in _NOT_IDS else first, "linker": linker}


def _start_session(arguments: list) -> dict:
    """`sessionId`: None where none was given; what is not a whole number of 10 digits or more is refused."""
    first = _at(arguments, 0)
    whole = isinstance(first, int) and not isinstance(first, bool) and first >= 1_000_000_000
    return {"sessionId": first if whole else None, "invalid": first is not None and not whole}


def _end_session(arguments: list) -> dict:
    return {}


def _set_auth_token(arguments: list) -> dict:
    """`token`: None clears it."""
    first = _at(arguments, 0)
    return {"token": first if isinstance(first, str) and first else None}


METHODS: "dict[str, Callable[[list], dict]]" = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "group": _group,
    "alias": _alias,
    "reset": _reset,
    "setAnonymousId": _set_anonymous_id,
    "startSession": _start_session,
    "endSession": _end_session,
    "setAuthToken": _set_auth_token,
}
