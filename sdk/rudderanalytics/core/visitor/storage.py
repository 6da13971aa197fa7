"""The visitor as the browser's storage has them: reads the nine values, and keeps what changed.

Must not know: calls, messages. Reads `stored` {area: {storage key: text}}, where an area is "cookie", "localStorage",
"sessionStorage" or "memory", and null where the browser blocks it; beside the nine there may be texts of other SDKs.
Each value has the type of storage that the options give it. What its area does not take (blocked, or too large for a
cookie) is kept in the next one of its type; a value that is elsewhere (the options were others then) is read, and moves
when it is next kept. A legacy text that the page could not open is neither read nor replaced.
"""

from .. import cookies
from ..effects import Effects
from .identity import EMPTY

_AREAS = ("cookie", "localStorage", "sessionStorage", "memory")
_CHAINS: "dict[str, tuple[str, ...]]" = {
    "cookieStorage": _AREAS,
    "localStorage": ("localStorage", "memory"),
    "sessionStorage": ("sessionStorage", "memory"),
    "memoryStorage": ("memory",),
    "none": (),
    "held": ("memory",),
}
"""Type of storage -> the areas to try [js 3.4]."""


class Visitor:
    """Reads and writes the identity; what was read last is remembered, so that reading it again costs nothing.

    `types` (state key -> `options.TYPES`, or "held") is where each value is kept; it may change while the page is open.
    A value of the type "none" is neither read nor written, one that is "held" is read and kept in memory; what storage
    holds under its name stays as it is.
    """

    def __init__(self, effects: Effects, options: dict, top_domain: str | None) -> None:
        storage = options["storage"]
        self.types = self._configured = _types(storage)
        cookie = storage["cookie"]
        domain = cookie["domain"] or options["setCookieDomain"] or top_domain
        secure = cookie["secure"]
        self._effects = effects
        self._cookie = {  # what is set in `storage.cookie` wins, but for `sameDomainCookiesOnly` [js 3.3]
            "path": cookie["path"],
            "domain": None if options["sameDomainCookiesOnly"] else domain,
            "samesite": cookie["samesite"] or options["sameSiteCookie"],
            "secure": options["secureCookie"] if secure is None else secure,
            "expires": cookie["expires"],
        }
        self._is_widest = not (options["sameDomainCookiesOnly"] or cookie["domain"] or options["setCookieDomain"])
        self._longest = cookie["maxage"]
        self._version = storage["encryption"]["version"]
        self._texts: dict[str, str] = {}  # state key -> stored text
        self._values: dict[str, object] = {}  # state key -> what that text says
        self._anonymous_id = ""

    def settle(self, storage: dict, top_domain: str | None) -> None:
        """Nothing is held any more; `storage` of `consent()` counts for all where it says something."""
        said = storage["type"] or any(entry["type"] for entry in storage["entries"].values())
        self.types = _types(storage) if said else self._configured
        if self._is_widest:
            self._cookie["domain"] = top_domain

    def is_truly_anonymous(self) -> bool:
        """Whether nothing at all is kept [js 2.4]."""
        return all(self.types[state_key] == "none" for state_key in EMPTY)

    def read(self, stored: dict) -> dict:
        """The identity as it is stored now: other tabs and the official SDK may have changed it."""
        found = dict(EMPTY)
        for state_key in cookies.KEYS:
            text = self._stored_text(state_key, stored)
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

    def adopt(self, stored: dict, options: dict) -> dict:
        """The same as a page opens, with the anonymousId of others: a named cookie's in any case, Segment's where there
        is none yet [js 3.5, 3.8]."""
        found = self.read(stored)
        name = options["externalAnonymousIdCookieName"]
        wanted = options["anonymousIdOptions"]["autoCapture"]
        texts = [(stored["cookie"] or {}).get(name), found["anonymousId"]]
        if wanted["enabled"] and wanted["source"]:
            of_segment = [(stored[area] or {}).get("ajs_anonymous_id") for area in ("localStorage", "cookie")]
            texts += [text.strip('"') for text in of_segment if text]
        return found | {"anonymousId": ([text for text in texts if text] + [""])[0]}

    def keep(self, identity: dict, stored: dict, now: int, renew: bool = False) -> None:
        """Store what differs from what is stored (`renew`: everything, so that it lasts another year)."""
        self._anonymous_id = "" if self.types["anonymousId"] == "none" else identity["anonymousId"]
        for state_key in cookies.KEYS:
            if self.types[state_key] == "none":
                continue
            value = identity[state_key]
            text = self._stored_text(state_key, stored)
            if value == EMPTY[state_key] and (text is None or self.types[state_key] != "held"):
                if text is not None:
                    self._remove(cookies.KEYS[state_key], stored)
            elif renew or text is None or self._values[state_key] != value:
                text = cookies.encode(value, self._version)
                self._texts[state_key], self._values[state_key] = text, value
                self._put(state_key, text, stored, now)

    def _stored_text(self, state_key: str, stored: dict) -> str | None:
        chain = _CHAINS[self.types[state_key]]
        key = cookies.KEYS[state_key]
        for area in chain if chain in ((), _AREAS) else chain + _AREAS:
            text: str | None = (stored[area] or {}).get(key)
            if text is not None and cookies.is_legacy(text):
                self._effects.log_once(
                    "WARN", "RudderEncrypt cookies cannot be opened on this page; they are left alone"
                )
            elif text is not None:
                return cookies.unquote_local(text) if area == "localStorage" else text
        return None

    def _decode(self, text: str, state_key: str) -> object:
        try:
            return cookies.decode(text, state_key)
        except cookies.Undecodable:
            self._effects.log_once("WARN", f"the stored {cookies.KEYS[state_key]} cannot be read; it counts as absent")
            return None

    def _put(self, state_key: str, text: str, stored: dict, now: int) -> None:
        key = cookies.KEYS[state_key]
        area = self._area(state_key, text, stored)
        if self.types[state_key] != "held":  # first: the page puts what its area refuses, after all, into memory
            self._remove(key, stored, but=area)
        if area == "cookie":
            lasting = {"expires": now + self._longest} if self._longest else {}
            self._effects.store_cookie(key, text, self._cookie | lasting)
        else:
            self._effects.store(area, key, cookies.quote_local(text) if area == "localStorage" else text)

    def _area(self, state_key: str, text: str, stored: dict) -> str:
        """The first area of its type that takes the text."""
        chain = _CHAINS[self.types[state_key]]
        key = cookies.KEYS[state_key]
        open_to = [
            area for area in chain if stored[area] is not None and not cookies.is_legacy(stored[area].get(key) or "")
        ]
        if stored[chain[0]] is None:
            blocked = "cookies are" if chain[0] == "cookie" else f"{chain[0]} is"
            where = "memory, for this page only" if open_to[0] == "memory" else open_to[0]
            self._effects.log_once("WARN", f"{blocked} blocked; the visitor's identity is kept in {where}")
        elif open_to[0] == "cookie" and cookies.size(key, text) > cookies.LARGEST:
            self._effects.log_once("WARN", f"{key} does not fit a cookie (4,096 bytes); it is kept in {open_to[1]}")
            return open_to[1]
        return open_to[0]

    def _remove(self, key: str, stored: dict, but: str = "") -> None:
        for area in _AREAS:
            text = (stored[area] or {}).get(key)
            if area == but or text is None or cookies.is_legacy(text):
                continue
            if area == "cookie":
                self._effects.store_cookie(key, None, self._cookie | {"expires": 0})
            else:
                self._effects.store(area, key, None)


def _types(storage: dict) -> dict[str, str]:
    return {key: storage["entries"][key]["type"] or storage["type"] or "cookieStorage" for key in EMPTY}
