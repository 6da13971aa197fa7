"""Debian's packages, where apt is there. A step that cannot be done raises `Blocked`."""

import os
import shutil
from functools import cache
from pathlib import Path

from .step import run


def can_install() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("apt-get"))


@cache
def _update() -> None:
    run("apt-get", "-qq", "update", otherwise="apt-get update failed")


def install(*packages: str, options: tuple[str, ...] = ()) -> None:
    _update()
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    sorry = f"apt-get has not all of {', '.join(packages)}"
    run("apt-get", "-qq", "install", "-y", *options, *packages, env=env, otherwise=sorry)


def extract(*packages: str, to: Path) -> None:
    """Their files, put into an empty folder: nothing of the system changes."""
    if can_install():  # who is not root takes the lists as they are
        _update()
    run("apt-get", "-qq", "download", *packages, cwd=to, otherwise=f"apt-get has not all of {', '.join(packages)}")
    for package in to.glob("*.deb"):
        run("dpkg-deb", "--extract", package, to, otherwise=f"{package.name} cannot be opened")
        package.unlink()
