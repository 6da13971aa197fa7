"""Analytics: one object, one verb. `handle(input)` -> effects.

Must not know: how an input was observed or an effect is performed; any clock or chance but the input's. An input is a
dict with `type` and `now` (epoch ms), and

load            `arguments` [write key, data plane URL, options], `id`, `at`, `page`, `stored`; `owner` (a UUID: whose
                outbox this is), `topDomain` (the widest domain that takes cookies, or null), `runtime`, `installType`,
                `online`, `coolUntil` (what an earlier page stored under that name, or null)
identify ...    (`calls.METHODS`) `arguments`, `id` (the UUID v4 that becomes the messageId), `page` (`_types.Page`)
                and `at` (epoch ms), all as of the moment of the call; `stored` (see `visitor`) and `fresh` (a UUID v4
                for a visitor who has no anonymousId) as of now; `recovered` where a page before this one made the call
adopt           `messages` [[storage key, text], ...] that a page before this one stored and did not deliver
adopted         there are no (more) such messages: sending may begin
response        `delivery`, `status` (0: never arrived), `retryAfter` (ms or null), `id` (a fresh UUID: chance)
online offline hidden shown tick flush
"""

from . import calls, identity, message, options, session, traits, values
from .effects import Effects
from .errors import Refused
from .sender import Sender
from .visitor import Visitor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MESSAGES = ("identify", "track", "page", "group", "alias")


class Analytics:
    """One client: a write key, a data plane, the visitor of this page."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._effects = Effects()
        self._loaded = False
        self._sender: Sender
        self._visitor: Visitor
        self._sessions: dict
        self._library: dict

    def handle(self, given: dict) -> list[dict]:
        """Act on one input and say what the page must do."""
        kind = given["type"]
        try:
            if kind in calls.METHODS:
                self._call(given)
            elif kind == "load":
                self._load(given)
            elif self._loaded:
                SIGNALS[kind](self._sender, given)
        except Exception as error:  # what was gathered before it is still to be done, a message stored above all
            what = "" if isinstance(error, Refused) else f"{kind} failed: {type(error).__name__}: "
            self._effects.log("ERROR", what + str(error))
        if self._loaded:
            self._sender.deliver(given["now"], kind == "hidden")
        return self._effects.take()

    def _load(self, given: dict) -> None:
        if self._loaded:
            return self._effects.log("WARN", "load: this page has loaded already; the first load counts")
        write_key, url, wanted = (given["arguments"] + [None, None, None])[:3]
        accepted, lines = options.validate(wanted)
        self._effects.level = accepted["logLevel"]
        for line in lines:
            self._effects.log("WARN", line)
        write_key, url = options.write_key(write_key), options.data_plane_url(url)
        limits = accepted["queueOptions"]
        self._sender = Sender(self._effects, write_key, url, given["owner"], accepted["outboxMaxBytes"], limits)
        self._sender.resume(given["coolUntil"], given["online"], given["now"])
        self._visitor = Visitor(self._effects, accepted, given["topDomain"])
        self._sessions = accepted["sessions"]
        self._context = message.page_view(accepted["autoTrack"], given["owner"])
        every = values.without_nulls(accepted["integrations"])
        self._integrations = every if accepted["useGlobalIntegrationsConfigInEvents"] else None
        self._library = {
            "version": self._version,
            "runtime": given["runtime"],
            "installType": given["installType"],
        }
        self._arrive(given, accepted)
        self._loaded = True
        self._effects.emit("ready", [])

    def _arrive(self, given: dict, accepted: dict) -> None:
        """The visitor opened a page."""
        before = self._visitor.adopt(given["stored"], accepted)
        page = given["page"]
        after = identity.arrive(before, given["id"], page["referrer"] or "$direct", page["referrerHost"])
        after["sessionInfo"] = session.resume(before["sessionInfo"], self._sessions, given["at"])
        self._visitor.keep(after, given["stored"], given["now"], renew=True)

    def _call(self, given: dict) -> None:
        kind = given["type"]
        if not self._loaded:
            raise Refused(f"{kind}: load has not been called; the call is ignored")
        if not values.depth_within(given["arguments"]):
            raise Refused(f"{kind}: an argument is nested too deeply; the call is ignored")
        call = calls.canonical(kind, given["arguments"])
        before = self._visitor.read(given["stored"])
        after = self._after(call, before, given)
        if kind in _MESSAGES:
            after["sessionInfo"] = session.extend(after["sessionInfo"], self._sessions, given["at"])
        self._visitor.keep(after, given["stored"], given["now"])
        if kind in _MESSAGES:
            more = session.context(after["sessionInfo"]) | self._context
            if self._visitor.is_truly_anonymous():
                more["trulyAnonymousTracking"] = True
            built = message.build(call, after, more, given, self._library)
            for line in message.remarks(built, call["options"] or {}):
                self._effects.log_once("WARN", f"{kind}: {line}")
            if self._integrations:
                built["integrations"] = self._integrations
            characters = self._sender.accept(built, given["at"], "recovered" in given)
            if characters > message.LARGE:
                self._effects.log("WARN", f"{kind}: a message of {characters} characters is large [{message.LARGE}]")

    def _after(self, call: dict, before: dict, given: dict) -> dict:
        """The identity after a call."""
        kind = call["type"]
        after = dict(before)
        if kind == "identify":
            for line in traits.check(call["traits"] or {}):
                self._effects.log("WARN", "identify: " + line)
            after = identity.identify(before, call["userId"], call["traits"])
        elif kind == "group":
            after = identity.group(before, call["groupId"], call["traits"])
        elif kind == "reset":
            after = identity.reset(before, call["entries"], given["id"])
        elif kind == "setAnonymousId":
            after["anonymousId"] = call["anonymousId"] or given["id"]
        elif kind == "setAuthToken":
            after["authToken"] = call["token"] or ""
        elif kind == "startSession":
            if call["invalid"]:
                self._effects.log(
                    "WARN", "startSession: an id is a whole number of 10 digits or more; the time is used"
                )
            after["sessionInfo"] = session.start(call["sessionId"] or given["at"])
        elif kind == "endSession":
            after["sessionInfo"] = {}
        if kind in ("identify", "reset") and before["sessionInfo"] and not after["sessionInfo"]:
            after["sessionInfo"] = session.renew(before["sessionInfo"], self._sessions, given["at"])
        return after


SIGNALS: "dict[str, Callable[[Sender, dict], None]]" = {
    "adopt": lambda sender, given: sender.adopt(given["messages"]),
    "adopted": lambda sender, given: sender.open(),
    "response": lambda sender, given: sender.answer(
        given["delivery"], given["status"], given["retryAfter"], given["now"], int(given["id"][:8], 16) / 0x1_0000_0000
    ),
    "online": lambda sender, given: sender.go_online(True),
    "offline": lambda sender, given: sender.go_online(False),
    "hidden": lambda sender, given: sender.hurry(),
    "flush": lambda sender, given: sender.hurry(),
    "shown": lambda sender, given: None,
    "tick": lambda sender, given: sender.woken(),
}
"""What happened in the page, beside calls."""
