"""One client: a write key, a data plane, the visitor of this page. What happens to it becomes effects.

Must not know: how an input was observed or an effect is performed, any clock or chance but the input's, where anything
is stored. `boundary` has the inputs and the effects.
"""

from ..errors import Refused
from . import nesting
from .calls import overloads
from .consent.before_send import BeforeSend
from .consent.consent import Consent
from .consent.redact import Redaction
from .delivery import message
from .delivery.clock import Clock
from .delivery.queue import Entry
from .delivery.sender import Sender
from .delivery.waiting import Waiting
from .effects import Effects
from .values import encode, without_nulls
from .visitor import identity, session, transition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Client:
    """What the page loaded; `version` is the SDK's. `arrive` comes first, then `act` for each input."""

    def __init__(self, effects: Effects, version: str, given: dict) -> None:
        options = given["options"]
        self._effects = effects
        self._sessions = options["sessions"]
        self._redaction = Redaction(options["redact"])
        self._reviews = given["reviews"]
        self._library = {"version": version, "runtime": given["runtime"], "installType": given["installType"]}
        self._page_view = message.page_view(options["autoTrack"], given["owner"])
        self._integrations: object = None
        if options["useGlobalIntegrationsConfigInEvents"]:
            self._integrations = without_nulls(options["integrations"])
        self._unsaid = session.Unsaid()
        self._consent = Consent(given["policy"], given["consents"])
        self._before_send = BeforeSend(effects, options["beforeSendFailure"])
        self._waiting = Waiting()
        self._has_adopted = False
        self._clock = Clock(given)
        self._sender = Sender(effects, given["writeKey"], given["dataPlaneUrl"], options["queueOptions"])
        self._sender.resume(given["coolUntil"], given["online"], given["now"])
        self._sender.be_silent(self._consent.buffers or self._consent.hides)
        self._acts: dict[str, Callable[[dict], None]] = {
            "consent": self._decided,
            "consents": self._learned,
            "reviewed": self._reviewed,
            "adopt": self._adopt,
            "adopted": self._adopted,
            "response": self._answered,
            "lost": self._lost,
            "forget": self._forget,
            "online": self._heard_of_network,
            "offline": self._heard_of_network,
            "hidden": self._hurry,
            "flush": self._hurry,
            "shown": self._shown,
            "tick": self._tick,
        }

    def arrive(self, given: dict) -> None:
        """The visitor opened the page."""
        page, before = given["page"], given["identity"]
        referrer = self._redaction.address(page["referrer"]) or "$direct"
        after = identity.arrive(before, given["id"], referrer, page["referrerHost"])
        after["sessionInfo"] = session.resume(before["sessionInfo"], self._sessions, given["at"])
        self._keep(before, after)
        self._effects.emit("ready", [])

    def stay(self, given: dict) -> None:
        """There is another input: what the page was to send if it was left before is for later, unless it was sent."""
        self._sender.parted(given.get("parted"))
        self._clock.follow(given)
        self._sender.set_clock(self._clock.offset)
        if self._clock.jumped:
            self._sender.hurry()
        if "online" in given:
            self._sender.notice(given["online"])

    def act(self, given: dict) -> None:
        """Act on an input; another `load` is refused."""
        kind = given["type"]
        if kind == "load":
            raise Refused("load: this page has loaded already; nothing changes")
        if kind in overloads.METHODS:
            self._call(given)
        elif kind in self._acts:
            self._acts[kind](given)
        else:
            raise Refused(f"{kind}: there is no such input")

    def deliver(self, given: dict) -> None:
        """Send what there is to send now, and say what to send if the page is left before its next input."""
        self._sender.deliver(self._clock.time, given["type"] == "hidden")
        if given.get("part"):
            self._sender.part(self._clock.time)

    def _call(self, given: dict) -> None:
        """A public method was called."""
        kind = given["type"]
        if not nesting.within(given["arguments"]):
            raise Refused(f"{kind}: an argument is nested too deeply; the call is ignored")
        call = overloads.canonical(kind, given["arguments"])
        for line in transition.remarks(call):
            self._effects.log("WARN", f"{kind}: {line}")
        before = given["identity"]
        after = transition.after(call, before, given, self._sessions, self._consent.shows("sessionInfo"))
        self._keep(before, after)
        if kind in transition.MESSAGES:
            if self._consent.hides:
                after = transition.after(call, self._consent.visible(before), given, self._sessions)
            self._send(self._compose(call, after, given), given)

    def _keep(self, before: dict, after: dict) -> None:
        changed = transition.changes(before, after)
        if changed:
            self._effects.keep(changed)

    def _compose(self, call: dict, visitor: dict, given: dict) -> dict:
        """The message that a call becomes; `visitor` is the identity as messages may show it."""
        more = self._unsaid.context(visitor["sessionInfo"]) | self._page_view | self._consent.context()
        page = given["page"] | {"query": self._redaction.query(given["page"]["query"])}
        built = message.build(call, visitor, more, given | {"page": page}, self._library)
        for line in message.remarks(built, call["options"] or {}):
            self._effects.log_once("WARN", f"{call['type']}: {line}")
        if self._integrations:
            built["integrations"] = self._integrations
        self._redaction.message(built)
        return built

    def _send(self, built: dict, given: dict) -> None:
        recovered = given.get("recovered", False)
        if self._reviews:
            self._before_send.ask(built, self._clock.time, recovered)
        else:
            self._accept(built, self._clock.time, recovered)

    def _accept(self, built: dict, at: int, recovered: bool) -> None:
        """Give the page the message, which keeps it; then let it wait for delivery."""
        text = encode(built)
        self._effects.accept(built["messageId"], text)
        if len(text) > message.LARGE:
            line = f"{built['type']}: a message of {len(text)} characters is large [{message.LARGE}]"
            self._effects.log("WARN", line)
        self._line_up(built, _entry(built, at, len(text.encode()), recovered))

    def _reviewed(self, given: dict) -> None:
        """`beforeSend` answered."""
        asked = self._before_send.settle(given)
        if asked is None:
            return
        built = asked.message
        if asked.dropped:
            self._drop(built, asked.dropped)
        elif asked.text:
            self._accept(built, asked.at, asked.recovered)
        else:
            self._effects.accept_reviewed(built["messageId"], asked.which)
            self._line_up(built, _entry(built, asked.at, asked.size, asked.recovered))

    def _line_up(self, built: dict | None, entry: Entry) -> None:
        if self._consent.buffers:
            self._sender.drop(self._waiting.add(built, entry), "overflow")
        else:
            self._sender.add(entry)

    def _drop(self, built: dict, reason: str) -> None:
        """This message was not to be sent."""
        self._unsaid.add(built)
        self._effects.emit("dropped", [built["messageId"]], reason)

    def _decided(self, given: dict) -> None:
        """The visitor decided what may be kept and sent [js 7.3]."""
        self._consent.decide(given["policy"], given["consents"])
        self._sender.be_silent(self._consent.buffers or self._consent.hides)
        if self._integrations and given["integrations"]:
            self._integrations = without_nulls(given["integrations"])
        if not self._consent.buffers:
            self._release(given["discard"])
            before = given["identity"]
            self._keep(before, before | {"sessionInfo": self._unsaid.reopened(before["sessionInfo"])})
            self._open()

    def _release(self, discard: bool) -> None:
        """What waited for the decision is sent, and says what was decided; or it is discarded. Messages of pages before
        this one are as they were."""
        for built, entry in self._waiting.take():
            if built is None:
                self._sender.add(entry)
            elif discard:
                self._drop(built, "discarded")
            else:
                if isinstance(built.get("context"), dict):
                    built["context"] = built["context"] | self._consent.management()
                text = encode(built)
                self._effects.accept(entry.id, text, again=True)
                entry.size = len(text.encode())
                self._sender.add(entry)

    def _learned(self, given: dict) -> None:
        self._consent.learn(given["consents"])

    def _adopt(self, given: dict) -> None:
        for each in given["messages"]:
            self._line_up(None, self._sender.adopted(each, self._clock.time))

    def _adopted(self, given: dict) -> None:
        self._has_adopted = True
        self._open(given.get("waiting", 0))

    def _open(self, waiting: int = 0) -> None:
        """Sending may begin once all is there that is older, and the visitor has decided."""
        if self._has_adopted and not self._consent.buffers:
            self._sender.open(waiting)

    def _answered(self, given: dict) -> None:
        chance = int(given["id"][:8], 16) / 0x1_0000_0000
        answered = given["delivery"], given["status"], given["retryAfter"]
        self._sender.answer(*answered, self._clock.time, chance, given.get("movedTo"), given.get("ids"))

    def _lost(self, given: dict) -> None:
        self._sender.lose(given["delivery"], given["ids"])

    def _forget(self, given: dict) -> None:
        """The visitor took back what allowed these messages."""
        self._waiting.forget(given["ids"])
        self._sender.forget(given["ids"])

    def _heard_of_network(self, given: dict) -> None:
        self._sender.go_online(given["type"] == "online")

    def _hurry(self, given: dict) -> None:
        self._sender.hurry()

    def _shown(self, given: dict) -> None:
        """It gives the time."""

    def _tick(self, given: dict) -> None:
        self._sender.woken()


def _entry(built: dict, at: int, size: int, recovered: bool) -> Entry:
    return Entry(built["messageId"], built["type"], built["anonymousId"], at, size, recovered)
