"""Chromium that nobody drives: its developer tools would switch prerendering off. Its pages do all themselves."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import Playwright


@contextmanager
def chromium(playwright: Playwright, config: SimpleNamespace, profile: Path, url: str) -> Iterator[None]:
    """A browser that opens a page and is there while the block lasts."""
    command = [
        config.CHROMIUM or playwright.chromium.executable_path,
        "--headless",
        f"--user-data-dir={profile}",
        "--no-default-browser-check",
        *config.LAUNCH_ARGS,
        url,
    ]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
