"""Runs the parts; see the package."""

import argparse
import importlib
import pkgutil
import random
import sys
import time
import traceback
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Protocol

from fuzz import parts


class Try(Protocol):
    """One case. Raises AssertionError."""

    def __call__(self, dice: random.Random) -> object: ...


def found(soak: bool) -> dict[str, ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(parts.__path__))
    modules = {name: importlib.import_module(f"fuzz.parts.{name}") for name in names}
    return {name: module for name, module in modules.items() if getattr(module, "SOAK", False) == soak}


def dice(seed: int, part: str, case: int) -> random.Random:
    return random.Random(f"{seed} {part} {case}")


def run(name: str, module: ModuleType, seed: int, cases: Iterable[int], seconds: float) -> bool:
    """Whether all went well."""
    print(f"{name}: {(module.__doc__ or '').partition(chr(10))[0]}", flush=True)
    began, done, case = time.monotonic(), 0, 0
    opened: AbstractContextManager[Try] = module.opened()
    try:
        with opened as try_one:
            for case in cases:
                if time.monotonic() - began > seconds:
                    break
                try_one(dice(seed, name, case))
                done += 1
    except Exception:
        traceback.print_exc()
        print(f"{name}: failed. Again: python -m fuzz --part {name} --seed {seed} --case {case}", flush=True)
        return False
    print(f"{name}: {done:,} cases in {time.monotonic() - began:.0f} s, seed {seed}: nothing found", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--part", action="append", help="only this one; repeatable")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="a new one each time")
    parser.add_argument("--case", type=int, help="only this one")
    parser.add_argument("--seconds", type=float, default=60, help="of each part, at most (%(default)s)")
    parser.add_argument("--count", type=int, help="cases of each part, at most; each part has its own bound")
    parser.add_argument("--soak", action="store_true", help="the parts that take long")
    given = parser.parse_args()
    available = found(given.soak) if not given.part else {**found(False), **found(True)}
    if unknown := sorted({*(given.part or [])} - available.keys()):
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(available)}")
    print(f"seed {given.seed}", flush=True)
    good = True
    for name, module in available.items():
        if not given.part or name in given.part:
            count = min(given.count or module.COUNT, module.COUNT)
            cases = [given.case] if given.case is not None else range(count)
            good = run(name, module, given.seed, cases, given.seconds) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
