"""What a server in this process says of errors: an answer can be right, and something have gone wrong behind it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class Complaints(logging.Handler):
    """Keeps them as text."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))

    def expect_none(self) -> None:
        """Raises AssertionError."""
        assert self.found == [], "\n".join(self.found)


@contextmanager
def listening() -> Iterator[Complaints]:
    """To uvicorn and the data plane."""
    complaints = Complaints()
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "dataplane", "asyncio")]
    for logger in loggers:
        logger.addHandler(complaints)
    try:
        yield complaints
    finally:
        for logger in loggers:
            logger.removeHandler(complaints)
