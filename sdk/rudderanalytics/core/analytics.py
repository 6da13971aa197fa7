"""Analytics: one object, one verb. `handle(input)` -> effects.

Must not know: how an input was observed or an effect is performed; any clock or chance but the input's. An input is a
dict with `type`, `now` (epoch ms), `size` (characters, about), `part` (true: the page, which is answered later, gives
no other for now; say, too, what to send if it is left before the next one is answered), and

load            `arguments` [write key, data plane URL, options], `id`, `at`, `page`, `stored`; `owner` (a UUID: whose
                outbox this is), `topDomain` (the widest that takes cookies, or null), `runtime`, `installType`,
                `online`, `coolUntil` (as an earlier page stored it, or null), `reviews` (has the page a `beforeSend`?),
                `consents` (see `consent.consent`)
identify ...    (`overloads.METHODS`) `arguments`, `id` (the UUID v4 that becomes the messageId), `page` (`_types.Page`)
                and `at` (epoch ms), all as of the moment of the call; `stored` (see `visitor.storage`) and `fresh` (a
                UUID v4 for a visitor who has no anonymousId) as of now; `recovered` where a page before this one made
                the call
consent         as those, with `consents` as of the call, `topDomain` as of now; from then on the page may store
consents        the same, told by a consent manager that the visitor used again: no decision
reviewed        the answer to a `review` effect: `id`, and `message` (null: dropped) or `error` (a text)
adopt           `messages` [[storage key, text], ...] that a page before this one stored and did not deliver
adopted         there are no (more) such messages: sending may begin
response        `delivery`, `status` (0: never arrived), `retryAfter` (ms or null), `id` (a fresh UUID: chance)
hidden online offline shown tick flush; `hidden` has `parted`: the delivery of the `part` that the page then performed
"""

from ..errors import Refused
from . import nesting, options, values
from .calls import overloads
from .consent import redact
from .consent.before_send import Review
from .consent.consent import Permission, consented
from .delivery import message
from .delivery.sender import Sender
from .effects import Effects
from .visitor import identity, session, transition
from .visitor.storage import Visitor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Analytics:
    """One client: a write key, a data plane, the visitor of this page."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._effects = Effects()
        self._loaded = self._reviews = False
        self._unsaid = session.Unsaid()
        self._review = Review(self._effects, self._accept, self._unsaid.add)
        self._made = ""  # the anonymousId of a visitor who came without one
        self._own: dict[str, Callable[[dict], None]] = {"load": self._load}

    def handle(self, given: dict) -> list[dict]:
        """Act on one input and say what the page must do."""
        kind = given["type"]
        if self._loaded:
            self._sender.parted(given.get("parted"))
        try:
            if kind in overloads.METHODS:
                self._call(given)
            elif kind in self._own:
                self._own[kind](given)
            elif self._loaded:
                SIGNALS[kind](self._sender, given)
        except Exception as error:  # what was gathered before it is still to be done, a message stored above all
            what = "" if isinstance(error, Refused) else f"{kind} failed: {type(error).__name__}: "
            self._effects.log("ERROR", what + str(error))
        if self._loaded:
            self._sender.deliver(given["now"], kind == "hidden")
            if given.get("part"):
                self._sender.part(given["now"])
        return self._effects.take()

    def _load(self, given: dict) -> None:
        if self._loaded:
            return self._effects.log("WARN", "load: this page has loaded already; the first load counts")
        write_key, url, wanted = (given["arguments"] + [None, None, None])[:3]
        accepted, lines = options.validate(wanted)
        self._effects.level = accepted["logLevel"]
        self._effects.warn(lines)
        write_key, url = options.write_key(write_key), options.data_plane_url(url)
        limits = accepted["queueOptions"]
        self._sender = Sender(self._effects, write_key, url, given["owner"], accepted["outboxMaxBytes"], limits)
        self._sender.resume(given["coolUntil"], given["online"], given["now"])
        self._consent = Permission(self._effects, accepted, given["consents"])
        self._sender.hold(self._consent.buffers, self._consent.quiet)
        self._visitor = Visitor(self._effects, accepted, given["topDomain"])
        self._visitor.types = self._consent.types(self._visitor.types)
        self._sessions, self._redact, self._reviews = accepted["sessions"], accepted["redact"], given["reviews"]
        self._context = message.page_view(accepted["autoTrack"], given["owner"])
        every = values.without_nulls(accepted["integrations"])
        self._integrations = every if accepted["useGlobalIntegrationsConfigInEvents"] else None
        self._library = {"version": self._version} | {key: given[key] for key in ("runtime", "installType")}
        self._own |= {"reviewed": self._review.settle, "consent": self._decided}
        self._own["consents"] = lambda given: self._consent.learn(given["consents"])
        self._arrive(given, accepted)
        self._loaded = True
        self._effects.emit("ready", [])

    def _arrive(self, given: dict, accepted: dict) -> None:
        """The visitor opened a page."""
        before = self._visitor.adopt(given["stored"], accepted)
        referrer = redact.address(given["page"]["referrer"], self._redact) or "$direct"
        after = identity.arrive(before, given["id"], referrer, given["page"]["referrerHost"])
        self._made = "" if before["anonymousId"] else given["id"]
        after["sessionInfo"] = session.resume(before["sessionInfo"], self._sessions, given["at"])
        self._visitor.keep(after, given["stored"], given["now"], renew=True)

    def _call(self, given: dict) -> None:
        kind = given["type"]
        if not self._loaded:
            raise Refused(f"{kind}: load has not been called; the call is ignored")
        if not nesting.within(given["arguments"]):
            raise Refused(f"{kind}: an argument is nested too deeply; the call is ignored")
        call = overloads.canonical(kind, given["arguments"])
        before = self._visitor.read(given["stored"])
        if call.get("asked") and before["anonymousId"] not in ("", self._made):
            return
        if kind in transition.MESSAGES:
            before["sessionInfo"] = self._unsaid.reopen(before["sessionInfo"])
        after = transition.after(call, before, given, self._sessions, self._effects)
        if kind in transition.MESSAGES and self._consent.hides and not self._consent.keeps("sessionInfo"):
            after["sessionInfo"] = before["sessionInfo"]  # no message is of it yet
        self._visitor.keep(after, given["stored"], given["now"])
        if kind in transition.MESSAGES:
            if self._consent.hides:
                after = transition.after(call, self._consent.visible(before), given, self._sessions, Effects())
            more = session.context(after["sessionInfo"]) | self._context | self._consent.context()
            if self._visitor.is_truly_anonymous() or (self._consent.hides and self._consent.quiet):
                more["trulyAnonymousTracking"] = True
            built = message.build(call, after, more, given, self._library)
            for line in message.remarks(built, call["options"] or {}):
                self._effects.log_once("WARN", f"{kind}: {line}")
            if self._integrations:
                built["integrations"] = self._integrations
            redact.message(built, self._redact)
            how = built, given["at"], "recovered" in given  # what a message says was in the input, all but its names
            self._review.ask(*how) if self._reviews else self._accept(*how, given.get("size", 0))

    def _decided(self, given: dict) -> None:
        """The visitor decided what may be kept and sent [js 7.3]."""
        wanted, lines = consented((given["arguments"] + [None])[0])
        self._effects.warn(lines)
        known = self._visitor.read(given["stored"])
        self._consent.decide(wanted, given["consents"])
        self._unsaid.add(self._sender.release(self._consent.context(), wanted["discardPreConsentEvents"]))
        known["sessionInfo"] = self._unsaid.reopen(known["sessionInfo"])
        self._visitor.settle(wanted["storage"], given["topDomain"])
        if known["anonymousId"] == self._made:  # a tab whose visitor decided before has another
            known["anonymousId"] = self._visitor.read(given["stored"])["anonymousId"]
        self._visitor.keep(known, given["stored"], given["now"], renew=True)
        if self._integrations and wanted["integrations"]:
            self._integrations = values.without_nulls(wanted["integrations"])

    def _accept(self, built: dict, at: int, recovered: bool, size: int = 0) -> None:
        characters = self._sender.accept(built, at, recovered, size=size)
        if characters > message.LARGE:
            line = f"{built['type']}: a message of {characters} characters is large [{message.LARGE}]"
            self._effects.log("WARN", line)


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
