"""Who the visitor is, as a page of ours must see it: a second opinion, from what the browser has stored.

`Storage` is what the browser has, and how a page reads it that knows nothing else. `Visitor` is what one page must say:
what is stored, unless the page itself holds something newer that may not be stored, or that the browser refused. What a
call makes of it is the business of the core's transitions, which have vectors of their own.
"""

import base64
import binascii
import json
from collections.abc import Container, Iterable
from typing import Any
from urllib.parse import unquote

from vectors.run import EMPTY, OPTIONS

from rudderanalytics.core.calls import overloads
from rudderanalytics.core.visitor import identity, session, transition
from rudderanalytics.errors import Refused

Identity = dict[str, Any]

NAMES = {
    "userId": "rl_user_id",
    "userTraits": "rl_trait",
    "anonymousId": "rl_anonymous_id",
    "groupId": "rl_group_id",
    "groupTraits": "rl_group_trait",
    "initialReferrer": "rl_page_init_referrer",
    "initialReferringDomain": "rl_page_init_referring_domain",
    "sessionInfo": "rl_session",
    "authToken": "rl_auth_token",
}
AREAS = {"cookieStorage": "cookie", "localStorage": "localStorage", "sessionStorage": "sessionStorage"}
PERSISTENT = tuple(AREAS)
VISIBLE = {"none": [], "session": ["sessionInfo"], "anonymousId": ["anonymousId"]}
NEW = 10_000
"""ms after the session began."""
_V3 = "RS_ENC_v3_"


class Storage:
    """The texts that a page finds, by area and name; `opened` has what sealed texts say, to a page that opened them."""

    def __init__(
        self,
        cookies: str,
        local: dict[str, str],
        session: dict[str, str],
        opened: dict[str, str] | None = None,
        own: dict[str, str] | None = None,
    ) -> None:
        """`own`: the cookies that this page could have written."""
        self.own = own or {}
        pairs = [pair.partition("=") for pair in cookies.split("; ") if pair]
        self._opened = opened or {}
        self._texts: dict[str, dict[str, list[str]]] = {"cookie": {}}
        for name, _, text in pairs:
            self._texts["cookie"].setdefault(name, []).append(unquote(text))
        self._texts["localStorage"] = {name: [_without_quotes(text)] for name, text in local.items()}
        self._texts["sessionStorage"] = {name: [text] for name, text in session.items()}

    def text(self, key: str, place: str, stale: Container[str] = ()) -> str | None:
        """What is stored for this state key, for a page that looks into its place first; of two cookies the last.

        To the page some cookies are `stale`: they are there although it wrote another.
        """
        first = [AREAS[place]] if place in AREAS else []
        return self._first([*first, *AREAS.values()], key, stale)

    def text_beside(self, key: str, place: str, stale: Container[str] = ()) -> str | None:
        """What overrules what a page holds in memory: memory comes after cookies and all else, but before cookies where
        values are kept in another area."""
        return self._first(list(AREAS.values()) if place == "cookieStorage" else [AREAS[place]], key, stale)

    def _first(self, areas: list[str], key: str, stale: Container[str]) -> str | None:
        for area in areas:
            texts = self._texts[area].get(NAMES[key], [])
            for text in [text for text in texts if area != "cookie" or text not in stale][-1:]:
                opened = self._opened.get(text, text)
                if not _is_sealed(opened):
                    return opened
        return None

    def is_sealed(self) -> bool:
        """Is there a text of the official SDK's first version?"""
        return any(
            _is_sealed(text)
            for texts in self._texts.values()
            for name in NAMES.values()
            for text in texts.get(name, [])[-1:]
        )

    def is_doubled(self) -> bool:
        """Are there two cookies of a name?"""
        return any(len(texts) > 1 for texts in self._texts["cookie"].values())

    def cookies(self, name: str) -> list[str]:
        """All texts of a cookie."""
        return self._texts["cookie"].get(name, [])

    def texts(self) -> list[str]:
        """All that a page sees that knows nothing else: of two cookies the last."""
        return [text for area in self._texts.values() for texts in area.values() for text in texts[-1:]]

    def cookie(self, name: str) -> str:
        return self.cookies(name)[-1] if self.cookies(name) else ""

    def in_local_storage(self, name: str) -> str:
        return "".join(self._texts["localStorage"].get(name, []))

    def value(self, key: str, place: str, stale: Container[str] = ()) -> Any:
        """The same, decoded; the empty value where there is none that can be read."""
        text = self.text(key, place, stale)
        value = None if text is None else decode(text)
        return value if isinstance(value, type(EMPTY[key])) else EMPTY[key]


def decode(text: str) -> Any:
    """None for what cannot be read."""
    try:
        if text.startswith(_V3):
            return json.loads(base64.b64decode(text.removeprefix(_V3), validate=True).decode())
        return json.loads(text)
    except (ValueError, binascii.Error):
        return None


def encode(value: object) -> str:
    return _V3 + base64.b64encode(json.dumps(value).encode()).decode()


def _without_quotes(text: str) -> str:
    inner = decode(text) if text.startswith('"') else None
    return inner if isinstance(inner, str) else text


def _is_sealed(text: str) -> bool:
    return text.startswith("RudderEncrypt:")


def _settled(value: Any) -> Any:
    """Without what a page takes back where it drops the message that said it: that the session starts."""
    return {name: value[name] for name in value if name != "sessionStart"} if isinstance(value, dict) else value


def is_new(identity: Identity, at: int) -> bool:
    """Had the visitor been seen for the first time just then?"""
    began = identity["sessionInfo"].get("id")
    return began is not None and abs(at - began) < NEW


class Made:
    """An anonymousId that a page made: the first that is seen of it."""

    def __init__(self) -> None:
        self.id: str | None = None

    def __eq__(self, other: object) -> bool:
        return other is self or (self.id is not None and other == self.id)

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<made: {self.id}>"


class Either:
    """One of these anonymousIds: what a call had read of another tab's may be known as that, or not any more."""

    def __init__(self, *ids: Any) -> None:
        self.ids = ids

    def __eq__(self, other: object) -> bool:
        return other in self.ids

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<either: {self.ids}>"


def is_so(expected: Any, found: Any) -> bool:
    """Is it found as expected? An anonymousId that was made becomes known by that."""
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(is_so, expected, found))
    if isinstance(expected, Made) and expected.id is None and isinstance(found, str) and found:
        expected.id = found
    return bool(expected == found)


class Visitor:
    """What one page must say. `options` are those of its `load`, `storage` is what the browser has now.

    Calls wait until `load` has happened and what is sealed is opened (`begin`). Getters know of them at once.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self.storage = Storage("", {}, {})
        self.sessions = OPTIONS["sessions"]
        self._places = dict.fromkeys(NAMES, "held")
        # What it holds, the text that was stored beside it then, and whether it was stored elsewhere before.
        self._own: dict[str, tuple[Any, str | None, bool]] = {}
        self._stale: dict[str, set[str]] = {}  # texts of cookies that are there although it wrote others
        self._made = Made()
        self._known = EMPTY
        self.hides = self.is_quiet = False
        self._visible = list(NAMES)
        self._has_begun = False
        self._waiting: list[tuple[str, str, list[Any], int]] = []
        self.expected: dict[str, Identity] = {}  # by the id of the call: as its message must say it
        # The same of those that could not be stored anew: another page acts on what was stored before.
        self.outdated: dict[str, Identity] = {}
        # What calls said before tabs agreed, as they are stored, until the page has stored them anew.
        self._before_they_agreed: dict[str, Identity] = {}
        self.hidden: set[str] = set()  # ids of calls whose messages may not say it
        self._first: Any = ""  # its anonymousId as it opened
        self._first_referrer: Identity = {}  # this page's, and that one's domain, where it found none
        self._gave_another = False  # by a call
        self._first_after_that: str | None = None  # id of the first message that follows
        self.is_new = False  # as it opened: may it go over to that of tabs that opened at once?
        self.newcomer: Any = None  # the anonymousId that these agreed on
        # Was what is stored cleared while the page was open? Then it goes on with the session that it saw last, and it
        # alone knows when it looked.
        self._is_session_unsure = False
        self.unsure: set[str] = set()  # ids of calls made then
        # anonymousIds that were stored since it surely looked: it may have looked meanwhile.
        self._seen: list[str] = []

    def _text(self, key: str) -> str | None:
        return self.storage.text(key, self._places[key], self._stale.get(key, ()))

    def _beside(self, key: str) -> str | None:
        place = self._places[key]
        return self.storage.text_beside(key, place, self._stale.get(key, ())) if place in PERSISTENT else None

    def _stored(self, key: str) -> Any:
        return self.storage.value(key, self._places[key], self._stale.get(key, ()))

    def see(self, storage: Storage) -> None:
        """The browser has this now; the page may look at it, or not."""
        self.storage = storage
        self._before_they_agreed = {}  # the page is there, and did what it had to do
        stored = self._stored("anonymousId")
        if stored and stored not in self._seen:
            self._seen.append(stored)

    # What it says

    def read(self) -> Identity:
        storage = self.storage
        found = {key: self._value(key, storage) for key in NAMES}
        if self._beside("sessionInfo") is not None:
            self._is_session_unsure = False
        if found["anonymousId"] or not self._known["anonymousId"]:
            self._known = found | {}
            self._seen = []
        else:  # cleared while the page is open
            found["anonymousId"] = self._known["anonymousId"]
            others = [id for id in self._seen if id != found["anonymousId"]]
            if others:
                found["anonymousId"] = self._known["anonymousId"] = Either(found["anonymousId"], *others)
                self._seen = []
            known = self._known["sessionInfo"]
            self._is_session_unsure |= "sessionInfo" not in self._own and self._text("sessionInfo") is None
            if not found["sessionInfo"]:
                found["sessionInfo"] = known | ({"expiresAt": 0} if known.get("autoTrack") else {})
        return found

    def _value(self, key: str, storage: Storage) -> Any:
        place = self._places[key]
        if place == "none":
            return EMPTY[key]
        if key in self._own:
            value, beside, _ = self._own[key]
            if place not in PERSISTENT or self._beside(key) in (beside, None):
                return value
            del self._own[key]  # another page wrote it since
        return self._stored(key)

    def getters(self, now: int, found: list[Any]) -> list[Any]:
        """What the getters must answer, in the order of `look` in tab.mjs; what is not sure is as they `found` it."""
        read = self.read()
        info = read["sessionInfo"]
        live = info.get("manualTrack") or session._alive(info, now)
        keys = ("userId", "userTraits", "anonymousId", "groupId", "groupTraits")
        session_id = info.get("id") if live else None
        return [*[read[key] for key in keys], found[-1] if self._is_session_unsure else session_id]

    def made_one(self) -> bool:
        """Did the page make an anonymousId that nobody has seen?"""
        return self._made.id is None and self.read()["anonymousId"] is self._made

    # What happens to it

    def heed(self) -> None:
        """What other pages wrote counts, also where this one held something else."""
        for key in list(self._own):
            self._value(key, self.storage)

    def make_anonymous_id(self) -> None:
        """A getter asks, and there is none."""
        if not self.read()["anonymousId"] and self._places["anonymousId"] != "none":
            self.keep({"anonymousId": self._made})

    def begin(self, at: int, referrer: str) -> None:
        """The options of a `load` at this time hold from now on; the visitor arrives, and what waited is acted on."""
        self._has_begun = True
        self._gave_another, self._first_after_that = False, None  # what waits is acted on anew
        self._own, self._known, self._is_session_unsure = {}, EMPTY, False
        self.settle_places(decided=False)
        storage = self.storage
        if storage.is_doubled() and not self.is_quiet:  # its own counts
            for key, name in NAMES.items():
                if name in storage.own and len(storage.cookies(name)) > 1:
                    self._stale[key] = set(storage.cookies(name)) - {storage.own[name]}
        before = self.read()
        external = self._options.get("externalAnonymousIdCookieName")
        if external and storage.cookie(external):
            before["anonymousId"] = storage.cookie(external)
        elif not before["anonymousId"] and self._options.get("anonymousIdOptions"):
            captured = storage.in_local_storage("ajs_anonymous_id") or storage.cookie("ajs_anonymous_id")
            before["anonymousId"] = captured.strip('"')
        host = referrer.partition("://")[2].split("/")[0]
        after = identity.arrive(before, self._made, referrer or "$direct", host)  # type: ignore[arg-type]
        after["sessionInfo"] = session.resume(before["sessionInfo"], self.sessions, at)
        self._first = after["anonymousId"]
        if not before["initialReferrer"]:
            self._first_referrer = {key: after[key] for key in ("initialReferrer", "initialReferringDomain")}
        is_kept = self._places["anonymousId"] in ("cookieStorage", "localStorage")
        is_theirs = bool(external and before["anonymousId"])  # that of another cookie counts in any case
        # Who has no session where there should be one may have been found while another page stored it.
        has_none = self.sessions["autoTrack"] and not before["sessionInfo"]
        is_first = not before["anonymousId"] or is_new(before, at) or has_none
        self.is_new = is_kept and is_first and not is_theirs
        self.keep(after, anew=True)
        self._act_on_what_waits()

    def arrive(self) -> None:
        """Python acted on `load`, and the page looks: where the first referrer was cleared meanwhile, it is that of
        this page again; and so is the anonymousId."""
        self.heed()
        self.keep({})
        if self._first_referrer and not self._value("initialReferrer", self.storage):
            self.keep(self._first_referrer)

    def _act_on_what_waits(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            self.call(*call)

    def was_given_another(self, said: str, tabs: Container[str]) -> bool:
        """Did it find another anonymousId, which none of these made? A call gave that: nobody goes back behind it."""
        own = self._first
        return self.is_new and own is not self._made and own != said and own not in tabs

    def meet(self, said: str, taken: Container[str], others: Iterable["Visitor"], is_late: bool) -> bool:
        """Tabs that open at once are one visitor: one of them said which, and this one goes on with that one, also in
        its calls, but those that others have `taken`. Is that as it should be?"""
        if not self.is_new:
            return False
        own = self._first
        found = self.read()["anonymousId"] if is_late else None  # to read is to look
        if is_late and found not in [own, said, *[other._made for other in others]]:
            return True  # a call gave another meanwhile: nothing is to be agreed
        is_unsure = isinstance(found, Either)  # did one?
        self.newcomer = said
        if not is_so(own, said) and not self._gave_another:
            self.keep({"anonymousId": said})
        for id, expected in self.expected.items():
            if id == self._first_after_that:
                break
            if id in taken or expected["anonymousId"] == said:
                continue
            if expected["anonymousId"] == own:
                self._before_they_agreed[id] = expected | {}
                expected["anonymousId"] = Either(own, said) if is_unsure else said
            elif any(expected["anonymousId"] == other._made for other in others):
                expected["anonymousId"] = Either(expected["anonymousId"], said)
            else:
                break  # a call gave another
        return True

    def call(self, id: str, method: str, arguments: list[Any], at: int) -> None:
        """A public method is called."""
        if not self._has_begun:
            self._waiting.append((id, method, arguments, at))
            if method != "consent":
                self._act(id, method, arguments, at, shows_all=True)
            else:
                self.keep({})  # what was cleared
        elif method == "consent":
            self._decide()
        else:
            self._act(id, method, arguments, at)

    def stored(self, id: str, is_done: bool) -> None:
        """The page stored a call, perhaps anew; or there was no room."""
        before = self._before_they_agreed.pop(id, self.expected.get(id))
        if is_done:
            self.outdated.pop(id, None)
        elif before:
            self.outdated.setdefault(id, before)

    def die(self) -> None:
        """What it had no time to store anew, another page acts on as it was."""
        self.outdated = self._before_they_agreed | self.outdated

    def settle_places(self, decided: bool) -> None:
        """Where values are kept, and what messages may show, before or after the visitor's decision."""
        self.settle_what_shows(decided)
        wanted = self._options.get("storage", {})
        entries = wanted.get("entries", {})
        usual = wanted.get("type", "cookieStorage")
        places = {key: entries.get(key, {}).get("type", usual) for key in NAMES}
        self._places = {
            key: "held" if place != "none" and key not in self._visible else place for key, place in places.items()
        }

    def settle_what_shows(self, decided: bool) -> None:
        """What messages may show, and when a session ends: known from `load` on, also where it waits (`begin`)."""
        self.sessions = OPTIONS["sessions"] | self._options.get("sessions", {})
        before = None if decided else self._options.get("preConsent")
        self.hides = bool(before) and before["events"]["delivery"] == "immediate"
        self.is_quiet = bool(before) and before["storage"]["strategy"] == "none"
        self._visible = VISIBLE[before["storage"]["strategy"]] if before else list(NAMES)

    def _decide(self) -> None:
        """The visitor decided: what was held is kept; but one who is known by now is who they are."""
        held = self.read()
        was_held = self._places["anonymousId"] == "held"
        self.settle_places(decided=True)
        self._own = {}
        stored = self._stored("anonymousId")
        if stored and was_held and held["anonymousId"] == self._made:
            held["anonymousId"] = stored
        first = {key: self._stored(key) for key in ("initialReferrer", "initialReferringDomain")}
        if first["initialReferrer"]:
            held |= first
        self.keep(held, anew=True)

    def _act(self, id: str, method: str, arguments: list[Any], at: int, shows_all: bool = False) -> None:
        """A call is acted on; its message, if it becomes one, must say what is so now."""
        try:
            call = overloads.canonical(method, arguments)
        except Refused:
            self.keep({})  # what was cleared, and so below
            return
        moment = {"id": id, "at": at, "page": {}}
        before = self.read()
        after = transition.after(call, before, moment, self.sessions, not self.hides or "sessionInfo" in self._visible)
        changed = {key: value for key, value in after.items() if value != before[key]}
        if self._is_session_unsure and method in transition.MESSAGES:
            self.unsure.add(id)
            changed.pop("sessionInfo", None)
        elif "sessionInfo" in changed:
            self._is_session_unsure = False
        self.keep(changed)
        self._gave_another |= method in ("reset", "setAnonymousId") and "anonymousId" in changed
        if method in transition.MESSAGES:
            if self._gave_another and self._first_after_that is None:
                self._first_after_that = id
            shown = {key: before[key] if key in self._visible else EMPTY[key] for key in NAMES}
            hides = self.hides and not shows_all
            self.expected[id] = transition.after(call, shown, moment, self.sessions) if hides else after
            if hides:
                self.hidden.add(id)

    def keep(self, values: Identity, anew: bool = False) -> None:
        """These are the visitor's from now on; `anew`: also where they were before."""
        self._known = self._known | values
        if self._places["anonymousId"] == "none":
            self._known = self._known | {"anonymousId": ""}
        is_held = "anonymousId" in self._own  # which nobody clears
        if self._known["anonymousId"] and self._text("anonymousId") is None and not is_held:
            is_unsure = self._is_session_unsure
            found = self.read()  # it was cleared, and is kept again; or is kept for the first time
            self._is_session_unsure = is_unsure
            kept = ["anonymousId"] if is_unsure else ["anonymousId", "sessionInfo"]
            values = {key: found[key] for key in kept} | values
        for key, value in values.items():
            text = self._text(key)
            is_stored = text is not None and value == self._stored(key)
            if self._places[key] == "held" and key not in self._own and is_stored and not anew:
                continue  # it is what is stored, and goes with that
            # Nothing, where nothing is known, is no news.
            if self._places[key] != "none" and (value or text is not None or key in self._own):
                self._own[key] = value, self._beside(key), key not in self._own

    def holds(self, key: str) -> bool:
        """Does the page hold this itself, whatever is stored?"""
        return key in self._own

    def wrote(self, cookies: dict[str, str]) -> None:
        """The page wrote these; "" removes one. What else is there under the name does not count from now on."""
        for key, name in NAMES.items():
            if name in cookies:
                self._stale[key] = {text for text in self.storage.cookies(name) if text != cookies[name]}

    def reconcile(self) -> set[str]:
        """What is stored now need not be held. Returns the state keys of what is not stored, and should be."""
        missing = set()
        for key, (value, _, is_new) in list(self._own.items()):
            place = self._places[key]
            stored = self._stored(key)
            # What it holds in memory it goes on holding there, also if another page stores the same elsewhere.
            is_same = is_so(_settled(value), _settled(stored))
            is_stored = place in PERSISTENT and is_same and (is_new or self._beside(key) is not None)
            if place in PERSISTENT and not is_same:
                missing.add(key)
            if is_stored or (not value and place != "held"):  # nothing is not held: it is removed
                del self._own[key]
            else:
                self._own[key] = value, self._beside(key), False
        return missing
