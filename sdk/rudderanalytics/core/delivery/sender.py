"""Messages out, answers in: what the page must do for the outbox.

Must not know: calls, the visitor, where the page stores what it is given.
"""

from ..effects import Effects
from . import request
from .message import iso_8601
from .outbox import Outbox
from .queue import Entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..._types import Adopted
    from .request import Delivery

TO_CHECK = {401: "key", 404: "address"}
REFUSED_BY = {403: "firewall", 405: "stranger", 410: "stranger"}
"""Who else may have answered: these are no answers of a data plane to a message."""


class Sender:
    """Delivers the messages of one client to a data plane's `url`; for `limits` see `Outbox`."""

    def __init__(self, effects: Effects, write_key: str, url: str, limits: dict) -> None:
        self._effects = effects
        self._url = url
        self._headers = request.Headers(write_key)
        self._outbox = Outbox(limits)
        self._wake: int | None = None
        self._remembered: str | None = None
        self._is_silent = False
        self._parting: Delivery | None = None
        self._failed: tuple[list[str], int, str] | None = None  # the try of which is still to be told
        self._ahead = 0

    def resume(self, cool_until: str | None, online: bool, now: int) -> None:
        """Go on from what a page before this one knew: see `Backoff.kept`."""
        self._remembered = cool_until
        self._outbox.backoff.resume(cool_until, now)
        self._outbox.online = online

    def set_clock(self, ahead: int) -> None:
        """What the page's clock is ahead (ms) of time as it is measured, which is the time that is given here."""
        self._ahead = ahead

    def be_silent(self, silent: bool) -> None:
        """Whether nothing may be kept for the pages after this one."""
        self._is_silent = silent

    def add(self, entry: Entry) -> None:
        """Deliver this message, of which the page has the text."""
        self.drop(self._outbox.add(entry), "overflow")

    def adopted(self, each: "Adopted", now: int) -> Entry:
        """What a page before this one stored and did not deliver, as it is added."""
        if each.get("doubtful"):
            self._outbox.doubt(each["id"])
        since = now - each.get("waited", 0)
        return Entry(each["id"], each["type"], each["anonymousId"], since, each["size"], True)

    def open(self, waiting: int = 0) -> None:
        """All that is older than what will be added is there: sending may begin. So many calls have waited for that."""
        self._outbox.open(waiting)

    def go_online(self, online: bool) -> None:
        """The browser says whether there is a network; one that is back is tried at once."""
        self._outbox.online = online
        if online:
            self._outbox.backoff.forget()

    def notice(self, online: bool) -> None:
        """Whether the browser says now, when it is asked, that there is a network: it does not always tell."""
        if online != self._outbox.online:
            self.go_online(online)

    def hurry(self) -> None:
        """Try at once: the page is being left, or someone waits."""
        self._outbox.backoff.forget()

    def woken(self) -> None:
        """The timer went off, perhaps early: if there still is something to wait for, it must be set again."""
        self._wake = None

    def lose(self, number: int, ids: list[str]) -> None:
        """The page has no text of these messages of a delivery, and sent the others."""
        delivery = self._outbox.in_flight(number)
        if delivery:
            self.drop(self._outbox.lose(delivery, ids), "lost")

    def forget(self, ids: list[str]) -> None:
        """The page let go of these messages, and told who listens."""
        self._outbox.forget(ids)

    def answer(
        self,
        number: int,
        status: int,
        retry_after: int | None,
        now: int,
        chance: float,
        moved_to: str | None = None,
        part: list[str] | None = None,
    ) -> None:
        """The answer to a delivery arrived (`status` 0: it never did), or to a `part` of it, which went on its own;
        `moved_to`: as a page's, of this address."""
        delivery = self._outbox.in_flight(number)
        if delivery is None:
            self._outbox.heed(status, retry_after, now, chance, moved_to is not None)
            return
        if part:
            delivery = self._outbox.part(delivery, part)
        outcome = self._outbox.settle(delivery, status, retry_after, now, chance, moved_to is not None)
        ids = [entry.id for entry in delivery.entries]
        if outcome == "delivered":
            self._effects.emit("delivered", ids)
            return
        if outcome == "retried":
            self._effects.emit("retried", ids)
            self._explain(status, delivery.keepalive, moved_to)
            self._failed = ids, status, _reason(status, moved_to)
        else:
            self.drop(delivery.entries, outcome, status)

    def drop(self, entries: list[Entry], reason: str, status: int = 0) -> None:
        """These messages, if there are any, will not arrive; because of this `status`, if there is one."""
        if entries:
            self._effects.emit("dropped", [entry.id for entry in entries], reason)
            why = f"{reason} ({status})" if status else reason
            self._effects.log("ERROR", f"{len(entries)} message(s) dropped: {why}", REFUSED_BY.get(status))

    def part(self, now: int) -> None:
        """Say what the page is to send if it is left before its next input is answered."""
        self._parting = self._start("part", now, leaving=True)

    def parted(self, number: int | None) -> None:
        """There is a next input. `number`: the page is left, and sent what it was to send then."""
        delivery, self._parting = self._parting, None
        if delivery and delivery.number != number:
            self._outbox.untake(delivery)

    def deliver(self, now: int, leaving: bool) -> None:
        """Start a delivery if there is something to send and this is the time; else ask to be woken."""
        outbox = self._outbox
        self.drop(outbox.expire(now), "unauthorised" if outbox.backoff.refused else "expired")
        started = self._start("send", now, leaving)
        wake = outbox.wake_at(now)
        if wake is not None:
            wake += self._ahead
        if wake != self._wake:
            self._wake = wake
            self._effects.wake(wake)
        self._tell_failed(now + self._ahead if started else wake)
        cool_until = outbox.backoff.kept(self._ahead)
        if cool_until != self._remembered and not self._is_silent:
            self._remembered = cool_until
            self._effects.remember(cool_until)

    def _start(self, kind: str, now: int, leaving: bool) -> "Delivery | None":
        delivery = self._outbox.take(now, leaving)
        if delivery:
            delivery.sent_at = iso_8601(now + self._ahead)
            fields = self._headers.of(delivery, now)
            ids = [entry.id for entry in delivery.entries]
            self._effects.send(kind, delivery.number, ids, request.url(self._url, delivery), fields, delivery.keepalive)
        return delivery

    def _tell_failed(self, next_try: int | None) -> None:
        """Say of a try that failed when the next one is (epoch ms)."""
        if self._failed:
            ids, status, reason = self._failed
            self._failed = None
            self._effects.emit_failed(ids, status, reason, next_try)

    def _explain(self, status: int, keepalive: bool, moved_to: str | None) -> None:
        """One line for a failure that somebody should look at."""
        answered = f"the data plane answered {status}"
        if moved_to is not None:
            self._effects.log_once("ERROR", moved_to, "redirect")
        elif status in TO_CHECK:
            self._effects.log_once("ERROR", answered, TO_CHECK[status])
        elif status >= 500:
            self._effects.log_once("WARN", answered, "failing")
        elif not status and not keepalive:  # which may be what the browser refused
            self._effects.log_once("WARN", "the data plane cannot be reached", "network")


def _reason(status: int, moved_to: str | None) -> str:
    """Why a try failed."""
    if moved_to is not None:
        return f"redirected to {moved_to}"
    return f"status {status}" if status else "no answer"
