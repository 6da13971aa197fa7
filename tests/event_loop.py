"""Coroutines in tests that are none."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run[Answer](coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """What it returns, or raises. In a thread: in this one the loop of Playwright, whose tests came before, may run."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
