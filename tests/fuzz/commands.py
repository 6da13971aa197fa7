"""The data plane as its own process, as a person starts it: it can be killed, and its memory be looked at."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"


class Running:
    """Its address, and its process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("Demo"), first
        self.url = first.split()[1].rstrip("/")

    def kill(self) -> None:
        """As the power goes."""
        self.process.kill()
        self.process.wait()

    def largest_memory(self) -> int:
        """Bytes so far; 0 where the system does not say."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


@contextmanager
def running(db: Path, *arguments: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "dataplane", "--port", "0", "--db", str(db), *arguments]
    with db.with_suffix(".log").open("a") as said:
        process = subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(WEB)}, stdout=subprocess.PIPE, stderr=said, text=True
        )
        # What it prints must not fill the pipe.
        reading = threading.Thread(target=lambda: list(process.stdout or ()), daemon=True)
        with process:
            try:
                started = Running(process)
                reading.start()
                yield started
            finally:
                process.kill()
                if reading.is_alive():
                    reading.join()
