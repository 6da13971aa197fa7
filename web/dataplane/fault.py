"""One scripted failure of an ingestion request."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from starlette.responses import Response

from .connection import Dropped
from .refusals import go_error

type Field = str | float | bool | None


class BadFault(ValueError):
    """Says what is wrong with the JSON of a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Slow, or answered with a status, or not answered at all; before its messages are stored or after."""

    status: int | None
    """None and 200 leave the answer to the gateway."""
    retry_after: str | None
    delay_ms: float
    drop: bool
    """The connection is closed without an answer."""
    after_store: bool
    """The messages are stored first: what is lost is the answer."""

    @classmethod
    def read(cls, fields: object) -> Self:
        if not isinstance(fields, Mapping):
            raise BadFault("a fault is a JSON object")
        if unknown := sorted(set(fields) - {"status", "retryAfter", "delayMs", "drop", "afterStore"}):
            raise BadFault(f"a fault has no {', '.join(map(str, unknown))}")
        status, retry_after, delay_ms = fields.get("status"), fields.get("retryAfter"), fields.get("delayMs", 0)
        if status is not None and not (_is_number(status, int) and 200 <= status <= 599):
            raise BadFault("status is a number from 200 to 599")
        if retry_after is not None and not (isinstance(retry_after, str) or _is_number(retry_after, int)):
            raise BadFault("retryAfter is a number of seconds or an HTTP date")
        if not (_is_number(delay_ms, int, float) and delay_ms >= 0):
            raise BadFault("delayMs is a number of milliseconds")
        for name in ("drop", "afterStore"):
            if not isinstance(fields.get(name, False), bool):
                raise BadFault(f"{name} is true or false")
        return cls(
            status=status,
            retry_after=None if retry_after is None else str(retry_after),
            delay_ms=delay_ms,
            drop=fields.get("drop", False),
            after_store=fields.get("afterStore", False),
        )

    def shown(self) -> dict[str, Field]:
        """As in the JSON of `/api/faults`."""
        return {
            "status": self.status,
            "retryAfter": self.retry_after,
            "delayMs": self.delay_ms,
            "drop": self.drop,
            "afterStore": self.after_store,
        }

    async def strike(self) -> Response | None:
        """After the delay, the answer in place of the gateway's; None leaves it to the gateway."""
        await asyncio.sleep(self.delay_ms / 1000)
        if self.drop:
            return Dropped()
        if self.status is None or self.status == 200:
            return None
        headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        return go_error(self.status, _reason(self.status), headers)


def _is_number(value: object, *types: type) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
