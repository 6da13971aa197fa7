"""`beforeSend`: the page sees every message before it is accepted, and may change or drop it.

Must not know: whether it is Python or JavaScript that is asked, where messages go.

A message waits here from the `review` effect, which shows it, to the `reviewed` input, which answers. Its text crosses
once each way: the page keeps both, and is told which of them is the message. Where `beforeSend` fails (it throws, or
answers with what is no message), the message is dropped, because it may hold what was to be taken out; the load option
`beforeSendFailure` "send" lets it go as it was asked about.
"""

from .. import nesting
from ..effects import Effects
from ..values import encode, without_nulls


class Asked:
    """A message that the page is asked about, or was. `at`: since when it waits (ms, as measured); `recovered`: is its
    call of another page?

    `text` is its JSON where the page does not have it; else `which` of those that the page has it is, "asked" or
    "answered", and `size` its bytes. `dropped` is the reason for which it goes nowhere, "" where it goes.
    """

    def __init__(self, message: dict, at: int, recovered: bool, size: int) -> None:
        self.message = message
        self.at = at
        self.recovered = recovered
        self.size = size
        self.which = "asked"
        self.text: str | None = None
        self.dropped = ""


class BeforeSend:
    """The messages that the page was asked about. `failure`: the load option `beforeSendFailure`, "drop" or "send"."""

    def __init__(self, effects: Effects, failure: str) -> None:
        self._effects = effects
        self._sends = failure == "send"
        self._asked: dict[str, Asked] = {}

    def ask(self, message: dict, at: int, recovered: bool) -> None:
        """Ask the page; `at` and `recovered` come back with the message."""
        text = encode(message)
        self._asked[message["messageId"]] = Asked(message, at, recovered, len(text.encode()))
        self._effects.review(message["messageId"], text)

    def settle(self, given: dict) -> Asked | None:
        """What becomes of the message that the page answers about; None: nobody asked."""
        asked = self._asked.pop(given["id"], None)
        if asked is None:
            return None
        answer = given.get("message", "nothing")
        if answer is None or answer is False:
            asked.dropped = "before_send"
            return asked
        wrong = _last_line(given["error"]) if "error" in given else _wrong(answer, asked.message)
        if wrong:
            asked.dropped = "" if self._sends else "before_send_failed"
            what = "sent as it was" if self._sends else "dropped"
            self._effects.log_once("ERROR", f"beforeSend: {wrong}; the message is {what}")
        else:
            _take(asked, answer, given["size"])
        return asked


def _take(asked: Asked, answer: dict, size: int) -> None:
    """The answer is the message. Where it has nulls, which no data plane is sent, the page does not have its text."""
    asked.message = without_nulls(answer)
    asked.which, asked.size = "answered", size
    if asked.message != answer:
        asked.text = encode(asked.message)
        asked.size = len(asked.text.encode())


def _last_line(error: object) -> str:
    """Python's errors come as tracebacks."""
    return str(error).strip().split("\n")[-1]


def _wrong(answer: object, message: dict) -> str:
    """What keeps an answer from being the message; "" where nothing does."""
    if not isinstance(answer, dict) or not nesting.within(answer):
        return "the answer is no message"
    for key in ("messageId", "type", "anonymousId"):
        changed = answer.get(key)
        if changed != message[key] and not (key == "anonymousId" and isinstance(changed, str)):
            return f"{key} must stay"
    return ""
