"""Analytics: one object, one verb. `handle(input)` -> effects; `boundary` has both, by name.

Must not know: what an input is about: `client` does. Here it is seen to that whatever comes in, something that the page
can perform goes out.
"""

from ..errors import Refused
from .client import Client
from .effects import Effects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Analytics:
    """The client of one page, which is there from the `load` on."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._effects = Effects()
        self._client: Client | None = None

    def handle(self, given: dict) -> list[dict]:
        """Act on one input and say what the page must do."""
        if self._client:
            self._try(self._client.stay, given)
        self._try(self._act, given)
        if self._client:
            self._try(self._client.deliver, given)
        return self._effects.take()

    def _try(self, step: "Callable[[dict], None]", given: dict) -> None:
        """Where it fails, what was gathered before is still to be done, a message above all; so is the next step."""
        try:
            step(given)
        except Refused as refused:
            self._effects.log("ERROR", str(refused))
        except Exception as error:
            self._effects.fail(f"{given['type']} failed: {type(error).__name__}: {error}")

    def _act(self, given: dict) -> None:
        kind = given["type"]
        if self._client:
            self._client.act(given)
        elif kind == "load":
            client = Client(self._effects, self._version, given)
            client.arrive(given)
            self._client = client
        else:
            raise Refused(f"{kind}: load has not been called; it is ignored")
