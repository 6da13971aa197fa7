"""Processes below one that we started: a browser's tabs are processes of their own."""

import contextlib
import os
import signal
from pathlib import Path


def below(parent: int) -> dict[int, str]:
    """The command lines of all descendants, by their id."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _read(folder / "stat")):
            # The name, in parentheses, may hold anything; the state and the parent's id follow it.
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found: dict[int, str] = {}
    left = [parent]
    while left:
        for child in children.get(left.pop(), []):
            found[child] = _read(Path(f"/proc/{child}/cmdline")).replace("\0", " ").strip()
            left.append(child)
    return found


def kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just ended
        os.kill(process, signal.SIGKILL)


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:  # it has just ended
        return ""
