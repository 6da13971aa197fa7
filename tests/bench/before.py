"""Another commit of this project: its build and its data plane, made in a worktree of its own from its own pins.

What was made is kept in `build/before`, by commit: `make clean` removes it.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.visit import ROOT

_KEPT = ROOT / "build" / "before"


@dataclass(frozen=True, slots=True)
class Before:
    commit: str
    home: Path
    """A checkout with what `make build` made in it."""

    @property
    def dist(self) -> Path:
        return self.home / "dist"

    @property
    def python(self) -> Path:
        return self.home / ".venv" / "bin" / "python"


def made(ref: str) -> Before:
    """What a git ref names, made if it is not there yet, which takes some minutes and the package registries."""
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not commit:
        raise ValueError(f"{ref} names no commit here")
    home = _KEPT / commit
    if not home.is_dir():
        print(f"bench: making {commit[:9]} in {home.relative_to(ROOT)}", file=sys.stderr, flush=True)
        _make(commit, home)
    return Before(commit, home)


def _make(commit: str, home: Path) -> None:
    aside = home.with_suffix(".making")
    shutil.rmtree(aside, ignore_errors=True)
    _git("worktree", "prune")
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", aside, commit], cwd=ROOT, check=True)
    try:
        # What this make was told is nothing to that one.
        told = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
        subprocess.run(["make", "build"], cwd=aside, env=told, check=True, stdout=sys.stderr)
        shutil.rmtree(aside / "web" / "node_modules", ignore_errors=True)
        (aside / ".git").unlink()  # from now on a folder like any other
        aside.rename(home)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        _git("worktree", "prune")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip()
