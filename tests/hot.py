"""`make hot`: web/distribution/micropython.hot.json anew, the functions of MicroPython that the core needs.

Needed when MicroPython is another one, and when the core does what it never did: `make build` and `make test` say so.
"""

import json
from pathlib import Path

from distribution import micropython
from toolchain.step import ROOT, run

from .inputs import sessions

RECORDED = ROOT / "build" / "sessions.json"
HOT = Path(micropython.__file__).with_name("hot.mjs")


def main() -> None:
    micropython.image()
    RECORDED.write_text(json.dumps(sessions()))
    sorry = "MicroPython could not be watched"
    found = json.loads(run("node", HOT, micropython.IMAGE, RECORDED, micropython.HOT, otherwise=sorry))
    shown = ", ".join(f"{count} after {what}" for what, count in found.items())
    print(f"hot: functions of MicroPython: {shown}")


if __name__ == "__main__":
    main()
