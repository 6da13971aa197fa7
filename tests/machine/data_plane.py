"""A data plane in simulated time: what becomes of a request, and what arrived."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from machine.browser import Tab


@dataclass(frozen=True)
class Outcome:
    """What happens to a request: `status` is what the page learns, 0 that no answer came; `retry_after` in ms."""

    status: int
    retry_after: int | None = None
    stored: bool = False

    def __repr__(self) -> str:
        wait = "" if self.retry_after is None else f", Retry-After {self.retry_after} ms"
        return f"<{self.status}{', stored' if self.stored else ''}{wait}>"


OK = Outcome(200, stored=True)
"""Taken, unless one of its messages is bad: then the gateway answers 400 and takes none."""
ANSWER_LOST = Outcome(0, stored=True)
NEVER_ARRIVED = Outcome(0)


@dataclass
class Request:
    """A delivery as the data plane sees it, and how it began.

    `number` is the browser's, `delivery` the core's; `cause` is the input that started it, `at` when (by `elapsed`),
    `not_before` when it was allowed to, `beside` what was in flight of other deliveries, `siblings` of its own,
    `answered` that of which Python thought about the answer; `behind` are the ids that the page held and that were in
    none. A `guess` was sent as the page was left before Python could say whether it should; of one that is given up
    its page, which is back, awaits no answer.
    """

    tab: "Tab"
    number: int
    url: str
    headers: dict[str, str]
    body: str
    keepalive: bool
    at: int
    cause: str
    not_before: int
    beside: list["Request"]
    behind: list[str]
    is_guess: bool = False
    is_given_up: bool = False
    delivery: int = 0
    siblings: list["Request"] = field(default_factory=list)
    answered: list["Request"] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [message["messageId"] for message in self.messages]


class DataPlane:
    """Keeps what arrived, in order, and what it refused on its own: {status: ids}."""

    def __init__(self) -> None:
        self.arrived: list[dict[str, Any]] = []
        self.times: Counter[str] = Counter()
        self.refused: dict[int, set[str]] = {400: set(), 403: set(), 413: set()}

    def answer(self, request: Request, outcome: Outcome) -> Outcome:
        """What really happens to a request: a bad message is refused with all that came along."""
        if outcome.stored and any(is_bad(message) for message in request.messages):
            outcome = Outcome(400 if outcome.status else 0)
        if outcome.stored:
            self.arrived += request.messages
            self.times.update(request.ids)
        elif outcome.status in self.refused and len(request.messages) == 1:
            self.refused[outcome.status].update(request.ids)
        return outcome


def is_bad(message: dict[str, Any]) -> bool:
    return message.get("event") == "bad"
