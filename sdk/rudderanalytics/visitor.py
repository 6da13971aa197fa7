"""The visitor as the browser's storage has them: reads the nine values, and keeps what changed.

Must not know: calls, messages. Reads `stored` {area: {storage key: text}}, where an area is "cookie", "localStorage"
or "memory", and null where the browser blocks it. The cookie wins; what does not fit a cookie is kept in localStorage,
and everything is where cookies are blocked; memory is the last resort.
"""

from . import cookies
from .effects import Effects
from .identity import EMPTY

_ONE_YEAR = 31_536_000_000
_AREAS = ("cookie", "localStorage", "memory")


class Visitor:
    """Reads and writes the identity; what was read last is remembered, so that reading it again costs nothing."""

    def __init__(self, effects: Effects, options: dict, top_domain: str | None) -> None:
        self._effects = effects
        self._cookie_attributes = {
            "path": "/",
            "domain": None if options["sameDomainCookiesOnly"] else options["setCookieDomain"] or top_domain,
            "samesite": options["sameSiteCookie"],
            "secure": options["secureCookie"],
        }
        self._texts: dict[str, str] = {}  # state key -> stored text
        self._values: dict[str, object] = {}  # state key -> what that text says
        self._anonymous_id = ""

    def read(self, stored: dict) -> dict:
        """The identity as it is stored now: other tabs and the official SDK may have changed it."""
        found = dict(EMPTY)
        for state_key in cookies.KEYS:
            text = _stored_text(stored, cookies.KEYS[state_key])
            if text is None:
                continue
            if text != self._texts.get(state_key):
                self._texts[state_key] = text
                self._values[state_key] = self._decode(text, state_key)
            value = self._values[state_key]
            if value is not None:
                found[state_key] = value
        # Cookies that were cleared while the page is open: the page goes on with the anonymousId that it had.
        found["anonymousId"] = found["anonymousId"] or self._anonymous_id
        return found

    def keep(self, identity: dict, stored: dict, now: int, renew: bool = False) -> None:
        """Store what differs from what is stored (`renew`: everything, so that it lasts another year)."""
        self._anonymous_id = identity["anonymousId"]
        for state_key in cookies.KEYS:
            storage_key = cookies.KEYS[state_key]
            value = identity[state_key]
            text = _stored_text(stored, storage_key)
            if value == EMPTY[state_key]:
                if text is not None:
                    self._remove(storage_key, stored)
            elif renew or text is None or self._values[state_key] != value:
                text = cookies.encode(value)
                self._texts[state_key], self._values[state_key] = text, value
                self._put(storage_key, text, stored, now)

    def _decode(self, text: str, state_key: str) -> object:
        try:
            return cookies.decode(text, state_key)
        except cookies.Undecodable:
            self._effects.log_once("WARN", f"the stored {cookies.KEYS[state_key]} cannot be read; it counts as absent")
            return None

    def _put(self, key: str, text: str, stored: dict, now: int) -> None:
        area = "cookie"
        if stored["cookie"] is None:
            area = "localStorage"
        elif cookies.size(key, text) > cookies.LARGEST:
            self._effects.log_once("WARN", f"{key} does not fit a cookie (4,096 bytes); it is kept in localStorage")
            area = "localStorage"
        if area == "localStorage" and stored["localStorage"] is None:
            area = "memory"
        if area == "cookie":
            self._effects.store_cookie(key, text, self._cookie_attributes | {"expires": now + _ONE_YEAR})
        else:
            self._effects.store(area, key, cookies.quote_local(text) if area == "localStorage" else text)
        self._remove(key, stored, but=area)

    def _remove(self, key: str, stored: dict, but: str = "") -> None:
        for area in _AREAS:
            if area == but or key not in (stored[area] or {}):
                continue
            if area == "cookie":
                self._effects.store_cookie(key, None, self._cookie_attributes | {"expires": 0})
            else:
                self._effects.store(area, key, None)


def _stored_text(stored: dict, key: str) -> str | None:
    for area in _AREAS:
        texts = stored[area]
        if texts is not None and key in texts:
            text: str = texts[key]
            return cookies.unquote_local(text) if area == "localStorage" else text
    return None
