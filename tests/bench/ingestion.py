"""How many messages a second the local data plane takes, beside a plain Starlette app that only answers.

`PYTHONPATH=web .venv/bin/python tests/bench/ingestion.py`. Server and sender are a process each, on loopback, some
seconds per measure. Every message counted was committed to disk before it was answered.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BATCH = 100
WANTED = {"single": 1500, "batched": 20_000}
"""Messages per second; the latency is measured at half of that."""
WANTED_P99 = 50.0  # ms
PLAIN = """
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

async def answer(request):
    await request.body()
    return PlainTextResponse("ok")

routes = [Route(path, answer, methods=["POST"]) for path in ("/v1/track", "/v1/batch")]
uvicorn.run(Starlette(routes=routes), port=int(sys.argv[1]), log_level="warning", access_log=False, ws="none")
"""


def message() -> dict[str, Any]:
    """What our SDK sends for a track call on an ordinary page, some 1,000 bytes."""
    return {
        "type": "track",
        "event": "Order Completed",
        "channel": "web",
        "messageId": str(uuid.uuid4()),
        "anonymousId": str(uuid.uuid4()),
        "userId": "27340af5c8819",
        "originalTimestamp": "2026-11-23T10:00:00.000Z",
        "sentAt": "2026-11-23T10:00:00.120Z",
        "integrations": {"All": True},
        "properties": {"order_id": "50314b8e", "total": 49.5, "currency": "USD", "products": [{"sku": "G-32", "n": 1}]},
        "context": {
            "traits": {"name": "Richard Hendricks", "email": "richard@piedpiper.example", "logins": 2, "plan": "Team"},
            "sessionId": 1763922000,
            "app": {"name": "RudderAnalytics Python", "namespace": "io.rudderanalytics.python", "version": "0.1.0"},
            "library": {"name": "rudderanalytics", "version": "0.1.0", "runtime": "micropython 1.27.0"},
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0",
            "locale": "en-GB",
            "timezone": "GMT+0100",
            "screen": {"width": 1280, "height": 800, "density": 1, "innerWidth": 1280, "innerHeight": 720},
            "page": {"path": "/pricing", "title": "Pricing", "url": "https://example.com/pricing", "search": ""},
        },
    }


def request(path: str, body: Any) -> bytes:
    text = json.dumps(body, separators=(",", ":")).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic S0VZOg==\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


KINDS = {
    "single": (1, lambda: request("/v1/track", message())),
    "batched": (BATCH, lambda: request("/v1/batch", {"batch": [message() for _ in range(BATCH)]})),
}


class Connection(asyncio.Protocol):
    """Sends one request at a time, and waits for its answer."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[None] | None = None
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"ok") and self._answer:
            assert self._received.startswith(b"HTTP/1.1 200"), self._received
            self._received = b""
            self._answer.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed"))

    async def send(self, text: bytes) -> None:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(text)
        await self._answer

    def close(self) -> None:
        self._transport.close()


@asynccontextmanager
async def connections(port: int, count: int) -> AsyncIterator[list[Connection]]:
    loop = asyncio.get_running_loop()
    made = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(count)]
    try:
        yield made
    finally:
        for each in made:
            each.close()


async def most(port: int, texts: list[bytes], seconds: float) -> float:
    """Requests per second, as many as go, over 32 connections."""
    sent = 0
    async with connections(port, 32) as made:
        began = time.perf_counter()

        async def keep_sending(connection: Connection, at: int) -> None:
            nonlocal sent
            while time.perf_counter() - began < seconds:
                await connection.send(texts[at % len(texts)])
                at += 32
                sent += 1

        await asyncio.gather(*(keep_sending(each, at) for at, each in enumerate(made)))
        return sent / (time.perf_counter() - began)


async def latencies(port: int, texts: list[bytes], seconds: float, rate: float) -> list[float]:
    """Milliseconds from when each request was due to its answer, sorted; requests are due at an even rate."""
    took: list[float] = []
    async with connections(port, 64) as made:
        free: asyncio.Queue[Connection] = asyncio.Queue()
        for each in made:
            free.put_nowait(each)

        async def one(due: float, text: bytes) -> None:
            connection = await free.get()
            await connection.send(text)
            took.append((time.perf_counter() - due) * 1000)
            free.put_nowait(connection)

        began = time.perf_counter()
        under_way = []
        for n in range(int(rate * seconds)):
            due = began + n / rate
            if (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            under_way.append(asyncio.create_task(one(due, texts[n % len(texts)])))
        await asyncio.gather(*under_way)
    return sorted(took)


@contextmanager
def server(*command: str, port: int, python: str | Path = sys.executable, home: Path = ROOT) -> Iterator[None]:
    """`home` is a checkout, and `python` the one of its environment."""
    process = subprocess.Popen(
        [str(python), *command],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(home / "web")},
        stdout=subprocess.DEVNULL,
    )
    try:
        asyncio.run(_listening(port, process))
        yield
    finally:
        process.terminate()
        process.wait()


async def _listening(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            async with connections(port, 1):
                return
        except OSError:
            await asyncio.sleep(0.05)
    raise RuntimeError("the server did not start")


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def measure(port: int, seconds: float) -> dict[str, dict[str, float]]:
    """Per kind: messages per second, and p50 and p99 in ms at half of what is wanted."""
    found = {}
    for kind, (per_request, make) in KINDS.items():
        texts = [make() for _ in range(3200 // per_request)]
        asyncio.run(most(port, texts, seconds / 4))  # warm
        per_second = asyncio.run(most(port, texts, seconds)) * per_request
        took = asyncio.run(latencies(port, texts, seconds, WANTED[kind] / 2 / per_request))
        found[kind] = {
            "messages_per_s": round(per_second),
            "p50_ms": round(took[len(took) // 2], 2),
            "p99_ms": round(took[int(len(took) * 0.99)], 2),
        }
    return found


def compare(seconds: float = 4) -> dict[str, Any]:
    """Both servers, one after the other; `load` is the machine's load average before and after."""
    load = [os.getloadavg()[0]]
    results: dict[str, Any] = {"cores": os.cpu_count(), "batch": BATCH, "load": load}
    port = free_port()
    with server("-c", PLAIN, str(port), port=port):
        results["plain Starlette"] = measure(port, seconds)
    results["data plane"] = data_plane(seconds)
    load.append(os.getloadavg()[0])
    return results


def data_plane(seconds: float, python: str | Path = sys.executable, home: Path = ROOT) -> dict[str, dict[str, float]]:
    """What `measure` finds for the data plane of a checkout, on a port and with a database of its own."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-m", "dataplane", "--port", str(port), "--db", f"{folder}/bench.sqlite3"]
        with server(*arguments, port=port, python=python, home=home):
            return measure(port, seconds)


def table(results: dict[str, Any]) -> str:
    lines = [
        f"{results['cores']} cores, load {results['load'][0]:.1f} to {results['load'][1]:.1f}, "
        f"batches of {results['batch']}",
        f"{'':18}{'kind':>9}{'messages/s':>12}{'p50 ms':>9}{'p99 ms':>9}   at half of the wanted rate",
    ]
    for name in ("plain Starlette", "data plane"):
        for kind, found in results[name].items():
            lines.append(f"{name:18}{kind:>9}{found['messages_per_s']:>12,}{found['p50_ms']:>9}{found['p99_ms']:>9}")
    return "\n".join(lines)


def missed(results: dict[str, Any]) -> list[str]:
    """What the data plane does not reach of what is wanted."""
    found = results["data plane"]
    slow = [f"{kind}: under {WANTED[kind]:,}/s" for kind in KINDS if found[kind]["messages_per_s"] < WANTED[kind]]
    late = [f"{kind}: p99 over {WANTED_P99} ms" for kind in KINDS if found[kind]["p99_ms"] > WANTED_P99]
    return slow + late


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=4, help="per measure; there are six per server")
    parser.add_argument("--json", type=Path, help="write the results there")
    arguments = parser.parse_args()
    results = compare(arguments.seconds)
    print(table(results))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")
    for line in missed(results):
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed(results) else 0


if __name__ == "__main__":
    sys.exit(main())
