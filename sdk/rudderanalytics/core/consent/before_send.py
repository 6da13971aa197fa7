"""Review: the page's `beforeSend` sees every message before it is accepted, and may change or drop it.

Must not know: whether what it is is Python or JavaScript, where messages go. A message waits here from the `review`
effect that asks about it to the `reviewed` input that answers; whatever is wrong with the answer, it goes as it was.
"""

from .. import nesting
from ..effects import Effects
from ..values import encode, without_nulls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Review:
    """The messages that the page was asked about; `accept` gets what goes on, and when it was called, as `ask` did, and
    `dropped` what does not."""

    def __init__(
        self, effects: Effects, accept: "Callable[[dict, int, bool], None]", dropped: "Callable[[list[dict]], None]"
    ) -> None:
        self._effects = effects
        self._accept = accept
        self._dropped = dropped
        self._asked: dict[str, tuple[dict, int, bool]] = {}

    def ask(self, message: dict, at: int, recovered: bool) -> None:
        """Ask the page; `at` (epoch ms) and `recovered` come back with the message."""
        self._asked[message["messageId"]] = (message, at, recovered)
        self._effects.review(message["messageId"], encode(message))

    def settle(self, given: dict) -> None:
        """The page answered: `given` has `id`, and `message` (None or False: it is dropped) or `error`."""
        if given["id"] not in self._asked:
            return
        message, at, recovered = self._asked.pop(given["id"])
        answer = given.get("message", "nothing")
        if answer is None or answer is False:
            self._dropped([message])
            return self._effects.emit("dropped", [given["id"]], "before_send")
        wrong = str(given["error"]).strip().split("\n")[-1] if "error" in given else _wrong(answer, message)
        if wrong:
            self._effects.log_once("ERROR", f"beforeSend: {wrong}; the message is sent as it was")
        else:
            message = without_nulls(answer)  # type: ignore[assignment]
        self._accept(message, at, recovered)


def _wrong(answer: object, message: dict) -> str:
    if not isinstance(answer, dict) or not nesting.within(answer):
        return "the answer is no message"
    for key in ("messageId", "type", "anonymousId"):
        changed = answer.get(key)
        if changed != message[key] and not (key == "anonymousId" and isinstance(changed, str)):
            return f"{key} must stay"
    return ""
