"""A stamp says which inputs a finished piece of work was made from, so that the same work is not done twice.

It is written last, inside what it vouches for: work that was interrupted, moved or deleted has no valid stamp.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from .step import ROOT


def fingerprint(*inputs: str | Path | Iterable[Path]) -> str:
    """One hash over texts, files (name and content) and groups of files."""
    whole = hashlib.sha256()
    for entry in inputs:
        if isinstance(entry, str):
            whole.update(f"text {len(entry)} {entry}".encode())
            continue
        for path in [entry] if isinstance(entry, Path) else sorted(entry):
            content = path.read_bytes()
            whole.update(f"file {path.relative_to(ROOT)} {len(content)} ".encode() + content)
    return whole.hexdigest()


def holds(stamp: Path, mark: str) -> bool:
    return stamp.is_file() and stamp.read_text() == mark


def put(stamp: Path, mark: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)
