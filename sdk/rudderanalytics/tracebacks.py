"""An exception of Python's as the properties of a track message `Error`, on every interpreter.

What is not for others is taken out of the texts by the core (`core.consent.redact`), which also cuts them to 8 kB.
"""

import io
import sys

EVENT = "Error"
_LONGEST = 100_000
"""Characters of a text: what is more need not cross to the page."""


def describe(error: BaseException, handled: bool) -> "dict[str, object]":
    """{"language", "name" (of the class), "message", "traceback", "handled", "count"}."""
    return {
        "language": "python",
        "name": type(error).__name__,
        "message": _message(error)[:_LONGEST],
        "traceback": _traceback(error).strip()[-_LONGEST:],
        "handled": handled,
        "count": 1,
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # its own `__str__` fails
        return ""


def _traceback(error: BaseException) -> str:
    try:
        import traceback
    except ImportError:  # MicroPython
        text = io.StringIO()
        sys.print_exception(error, text)  # type: ignore[attr-defined]
        return text.getvalue()
    return "".join(traceback.format_exception(error))
