"""The only door to the core: text in, text out.

The page's JavaScript calls `handle` with JSON text and gets JSON text back; nothing else crosses, so no proxies, no
32-bit integers, no exceptions. One interpreter holds one client. (The design had a second door for request bodies; a
`send` effect names its messages instead, and the page joins the texts that it holds: see `queue.Queue`.)
"""

from .._version import __version__
from . import values
from .analytics import Analytics

_analytics = Analytics(__version__)


def handle(text: str) -> str:
    """Act on one input (`analytics` says which there are): JSON object in, JSON list of effects out. Never raises."""
    try:
        given: dict = values.decode(text)  # type: ignore[assignment]
        given["size"] = len(text)
        return "[" + ",".join([_text(effect) for effect in _analytics.handle(given)]) + "]"
    except Exception as error:  # the page must never see an exception of ours
        return values.encode(
            [{"type": "log", "level": "ERROR", "text": f"an input failed: {type(error).__name__}: {error}"}]
        )


def _text(effect: dict) -> str:
    """An effect's JSON. A message is JSON already: it crosses as what its `text` says, not escaped once more."""
    if effect["type"] not in ("accept", "review"):
        return values.encode(effect, 1 + len(effect.get("value") or ""))
    rest = values.encode({key: effect[key] for key in effect if key != "text"}, 1)
    return f'{rest[:-1]},"message":{effect["text"]}}}'
