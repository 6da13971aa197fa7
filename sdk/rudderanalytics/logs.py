"""What happens to messages, for the logger `rudderanalytics` of CPython's `logging`. MicroPython's is another.

DEBUG says each message whole, and each delivery: something personal is at this level only. INFO says each try that
failed, WARNING each message that was dropped.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def forward(on: "Callable[[str, Callable[[Any], object]], None]") -> None:
    """Let the logger hear of what is told by `on` from now on, as far as its level takes it."""
    try:
        import logging
    except ImportError:
        return
    if not hasattr(logging, "NullHandler"):  # PyScript's MicroPython has a small one, which writes to the console
        return
    logger = logging.getLogger("rudderanalytics")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())  # who wants to see it says so
    if logger.isEnabledFor(logging.DEBUG):  # each one is a text that crosses from the page
        on("message", lambda message: logger.debug("%s %s: %s", message["type"], message["messageId"], message))
        on("delivered", lambda delivered: logger.debug("delivered %s", delivered["messageId"]))
    if logger.isEnabledFor(logging.INFO):
        on("failed", lambda failed: logger.info("%s; %s message(s) wait", failed["reason"], len(failed["messageIds"])))
    if logger.isEnabledFor(logging.WARNING):
        on("dropped", lambda dropped: logger.warning("dropped %s: %s", dropped["messageId"], dropped["reason"]))
