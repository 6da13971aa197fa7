"""Messages out, answers in: what the page must do for the outbox.

Must not know: calls, the visitor. Storage keys of messages are `rudderanalytics.<write key>.<owner>.<count>.<at>`: one
key for each message, in order, with the time of its call; the page finds the keys of pages that are gone by them.
"""

from .. import values
from ..effects import Effects
from . import queue, request
from .message import iso_8601
from .outbox import MOST_IN_MEMORY, Outbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .queue import Entry
    from .request import Delivery


class Sender:
    """Delivers the messages of one client. `owner` is a UUID: whose outbox this is; for the rest see `Outbox`."""

    def __init__(self, effects: Effects, write_key: str, url: str, owner: str, stored_max: int, limits: dict) -> None:
        self._effects = effects
        self._write_key, self._url, self._owner = write_key, url, owner
        self._prefix = f"rudderanalytics.{write_key}."
        self._outbox = Outbox(stored_max, limits)
        self._count = self._held_bytes = 0
        self._wake: int | None = None
        self._kept_cool_down: str | None = None
        self._holds = self._quiet = self._adopted = False
        self._held: list[tuple[dict, Entry, str]] = []
        self._parting: Delivery | None = None

    def resume(self, cool_until: str | None, online: bool, now: int) -> None:
        """Go on from what a page before this one knew: see `Backoff.kept`."""
        self._kept_cool_down = cool_until
        self._outbox.backoff.resume(cool_until, now)
        self._outbox.online = online

    def hold(self, holds: bool, quiet: bool) -> None:
        """Until `release`: `holds`, send nothing; `quiet`, store nothing."""
        self._holds, self._quiet = holds, quiet

    def release(self, consent: dict, discard: bool) -> list[dict]:
        """Send and store what was held, with this in its context; or drop it, reason `discarded`: returns it then."""
        held, self._held, self._held_bytes = self._held, [], 0
        self._holds = self._quiet = False
        if self._adopted:
            self._outbox.open()
        for message, entry, key in held:
            if discard:
                self._effects.emit("dropped", [entry.id], "discarded")
            else:
                if isinstance(message.get("context"), dict):
                    message["context"] = message["context"] | consent
                self.accept(message, entry.at, entry.recovered, key)
        return [message for message, _, _ in held] if discard else []

    def accept(self, message: dict, at: int, recovered: bool = False, key: str | None = None, size: int = 0) -> int:
        """Store a message that a call at `at` (epoch ms) became, then let it wait. Returns its characters. `key`: it
        was accepted before, and stored under this ("": nowhere); `size`: see `values.encode`."""
        text = values.encode(message, size)
        self._count += 1
        entry = queue.entry(text, message, at)
        entry.recovered = recovered
        entry.stored = not self._quiet and self._outbox.has_room(entry.size + self._held_bytes)
        place = (key or f"{self._prefix}{self._owner}.{self._count:010d}.{at}") if entry.stored else ""
        self._effects.accept(entry.id, place or None, text, key is not None)
        if self._holds:
            self._held.append((message, entry, place))
            self._held_bytes += entry.size
            while self._held_bytes > MOST_IN_MEMORY and len(self._held) > 1:
                oldest = self._held.pop(0)[1]
                self._held_bytes -= oldest.size
                self._release([oldest], "overflow")
        else:
            self._add(entry)
        return len(text)

    def adopt(self, messages: list) -> None:
        """Take over [storage key, text] of messages that a page before this one stored and did not deliver."""
        for key, text in messages:
            try:
                message = values.decode(text)
                entry = queue.entry(text, message, int(key.rsplit(".", 1)[1]))  # type: ignore[arg-type]
            except (ValueError, KeyError, TypeError, IndexError, RuntimeError):  # RuntimeError: nested too deep
                self._effects.store("localStorage", key, None)
                self._effects.log("WARN", "a stored message cannot be read; it is removed")
            else:
                entry.stored = entry.recovered = True
                self._add(entry)

    def open(self) -> None:
        """All that pages before this one left has been adopted: sending may begin."""
        self._adopted = True
        if not self._holds:
            self._outbox.open()

    def go_online(self, online: bool) -> None:
        """The browser says whether there is a network; one that is back is tried at once."""
        self._outbox.online = online
        if online:
            self._outbox.backoff.forget()

    def hurry(self) -> None:
        """Try at once: the page is being left, or someone waits."""
        self._outbox.backoff.forget()

    def woken(self) -> None:
        """The timer went off, perhaps early: if there still is something to wait for, it must be set again."""
        self._wake = None

    def answer(self, number: int, status: int, retry_after: int | None, now: int, chance: float) -> None:
        """The answer to a delivery arrived (`status` 0: it never did)."""
        delivery = self._outbox.in_flight(number)
        if delivery is None:
            return
        outcome = self._outbox.settle(delivery, status, retry_after, now, chance)
        if outcome != "retried":
            return self._release(delivery.entries, outcome)
        self._effects.emit("retried", [entry.id for entry in delivery.entries])
        if not status and not delivery.keepalive:  # which may be what the browser refused
            self._effects.log_once("WARN", "the data plane cannot be reached; messages are kept and tried again")
        if status in (401, 404):
            wrong = "the write key" if status == 401 else "the address, or the source is disabled"
            text = f"the data plane answered {status}: check {wrong}; messages are kept, next try in 5 minutes"
            self._effects.log_once("ERROR", text)

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
        self._release(outbox.expire(now), "unauthorised" if outbox.backoff.refused else "expired")
        self._start("send", now, leaving)
        wake = outbox.wake_at(now)
        if wake != self._wake:
            self._wake = wake
            self._effects.wake(wake)
        cool_down = outbox.backoff.kept()
        if cool_down != self._kept_cool_down and not self._quiet:
            self._kept_cool_down = cool_down
            self._effects.store("localStorage", self._prefix + "coolUntil", cool_down)

    def _start(self, kind: str, now: int, leaving: bool) -> "Delivery | None":
        delivery = self._outbox.take(now, leaving)
        if delivery:
            delivery.sent_at = iso_8601(now)
            fields = request.headers(self._write_key, delivery, now)
            ids = [entry.id for entry in delivery.entries]
            self._effects.send(kind, delivery.number, ids, request.url(self._url, delivery), fields, delivery.keepalive)
        return delivery

    def _add(self, entry: "Entry") -> None:
        self._release(self._outbox.add(entry), "overflow")

    def _release(self, entries: "list[Entry]", outcome: str) -> None:
        ids = [entry.id for entry in entries]
        if outcome == "delivered":
            self._effects.emit("delivered", ids)
        elif ids:
            self._effects.emit("dropped", ids, outcome)
            self._effects.log("ERROR", f"{len(ids)} message(s) dropped: {outcome}")
