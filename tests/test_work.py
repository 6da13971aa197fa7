"""Whatever grows, the work for it grows in proportion: counted in the core's lines, turns of loops and calls."""

import json
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

import pytest
from core.page import VISITOR, call, load, only
from vectors.run import NOW, PAGE

from rudderanalytics import conversion
from rudderanalytics.core import base64, boundary
from rudderanalytics.core.analytics import Analytics
from rudderanalytics.core.consent.redact import Redaction

FEW, TIMES = 1_500, 2
MOST = 1.15
"""How much more than in proportion is allowed. The few are so many that they take the ways of large values."""


def steps(act: Callable[[], object]) -> int:
    """How many lines, turns of loops and calls of the core an act takes."""
    count = 0

    def counted(code: CodeType, *where: object) -> object:
        nonlocal count
        if "rudderanalytics" not in code.co_filename:
            return sys.monitoring.DISABLE
        count += 1
        return None

    monitoring = sys.monitoring
    events = [monitoring.events.LINE, monitoring.events.JUMP, monitoring.events.PY_START]
    tool = next(tool for tool in range(3, 6) if monitoring.get_tool(tool) is None)
    monitoring.use_tool_id(tool, "steps")
    for event in events:
        monitoring.register_callback(tool, event, counted)
    monitoring.set_events(tool, sum(events))
    try:
        act()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
        monitoring.restart_events()
    return count


def input_of(*arguments: object, method: str = "track", **more: Any) -> Callable[[], object]:
    """An act on one call, in a client of its own."""
    analytics = Analytics("1.2.3")
    analytics.handle(load(more.pop("options", None), more.pop("policy", None)))
    analytics.handle({"type": "adopted", "now": NOW})
    text = json.dumps(call(method, *arguments, **more))

    def act() -> None:
        before, boundary._analytics = boundary._analytics, analytics
        assert '"accept"' in boundary.handle(text)
        boundary._analytics = before

    return act


def page(**more: object) -> dict:
    return PAGE | more


def reviewed(n: int) -> Callable[[], object]:
    analytics = Analytics("1.2.3")
    analytics.handle(load(reviews=True))
    shown = json.loads(only(analytics.handle(call("track", "x")), "review")["text"])
    answer = shown | {"properties": {f"p{number}": [number] for number in range(n)}}
    return lambda: analytics.handle({"type": "reviewed", "now": NOW, "id": "message", "message": answer, "size": 9})


def waiting(n: int) -> Callable[[], object]:
    analytics = Analytics("1.2.3")
    analytics.handle(load(policy={"buffers": True}))
    for number in range(n):
        analytics.handle(call("track", "x", id=str(number)))
    decided = {"policy": load()["policy"], "consents": load()["consents"], "discard": False, "integrations": {}}
    return lambda: analytics.handle({"type": "consent", "now": NOW} | decided)


NAMES = ["token", "key", "password", "secret", "code", "email"]
GROWING: dict[str, Callable[[int], Callable[[], object]]] = {
    "a text": lambda n: input_of("x", {"a": "x" * 20 * n}),
    "a text beyond ASCII": lambda n: input_of("x", {"a": "é✓🙂" * 10 * n}),
    "a text of escapes": lambda n: input_of("x", {"a": '\n"\\\x01' * 10 * n}),
    "a text of lone surrogates": lambda n: input_of("x", {"a": "\ud83d" * n}),
    "a name": lambda n: input_of("x", {"x" * 20 * n: 1}),
    "many members": lambda n: input_of("x", {f"p{number}": number for number in range(n)}),
    "many items": lambda n: input_of("x", {"a": list(range(n))}),
    "many texts": lambda n: input_of("x", {"a": ["é" * 30] * n}),
    "many objects": lambda n: input_of("x", {"a": [{"b": {"c": None}}] * n}),
    "a text in JSON in a text": lambda n: input_of("x", {"a": json.dumps([{"b": "c"}] * n)}),
    "many traits": lambda n: input_of({f"t{number}": number for number in range(n)}, method="identify"),
    "known traits": lambda n: input_of("x", identity=VISITOR | {"userTraits": {f"t{k}": {"a": k} for k in range(n)}}),
    "merged traits": lambda n: input_of(
        {"a": {f"t{k}": k for k in range(n)}},
        method="identify",
        identity=VISITOR | {"userTraits": {"a": {f"u{k}": k for k in range(n)}}},
    ),
    "many parameters": lambda n: input_of("x", page=page(query=[[f"utm_{k}", "v"] for k in range(n)])),
    "an address": lambda n: input_of(
        "x", page=page(href="https://a.example/?" + "&".join(f"p{k}=v" for k in range(n)))
    ),
    "an address of secrets": lambda n: input_of("x", page=page(referrer="https://a.example/?" + "token=1&" * n)),
    "an address with a path": lambda n: input_of("x", page=page(path="/p%2Fq" * n)),
    "an address of encoded addresses": lambda n: input_of("x", page=page(search="?a=b%3Fc%3Dd%26e" * n)),
    "a title": lambda n: input_of("x", page=page(title="ada@example.com " * n)),
    "an anonymousId": lambda n: input_of("x", identity=VISITOR | {"anonymousId": "é" * n}),
    "a link of an AMP page": lambda n: lambda: Analytics("1") and linked(n),
    "an answer of beforeSend": reviewed,
    "messages that wait for a decision": waiting,
    "base64": lambda n: lambda: base64.decode(base64.encode("é" * 10 * n)),
    "a value of Python": lambda n: lambda: conversion.from_python([{"a": (1, "x")}] * n, "traits"),
    "names to look at": lambda n: lambda: Redaction(NAMES).query([["access_token" * 3, "v"]] * n),
}


def linked(n: int) -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(load())
    analytics.handle(call("setAnonymousId", None, "1*x*" + "*".join(["key", "YW1w"] * n)))


@pytest.mark.parametrize("what", GROWING)
def test_work_is_in_proportion(what: str) -> None:
    nothing, few, many = (steps(GROWING[what](n)) for n in (1, FEW, FEW * TIMES))
    assert many - nothing <= (few - nothing) * TIMES * MOST + 2_000, f"{nothing}, {few}, {many}"
