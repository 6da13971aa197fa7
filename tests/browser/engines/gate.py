"""A server of dist/ that keeps its callers waiting until it is opened: Python comes late, by a test's word."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread


class Gate:
    """`attributes` of the script tag let its assets come from here; `open` lets all in, who wait and who come."""

    def __init__(self, port: int) -> None:
        self.attributes = {
            "data-assets-url": f"http://127.0.0.1:{port}",
            "data-options": '{"crossOriginAssets": true}',
        }
        self._opened = Event()

    def open(self) -> None:
        self._opened.set()

    def wait(self) -> None:
        self._opened.wait()


class _Asset(SimpleHTTPRequestHandler):
    def __init__(self, *given: object, gates: list[Gate], **more: object) -> None:
        self._gates = gates
        super().__init__(*given, **more)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._gates[0].wait()
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *given: object) -> None:
        pass


@contextmanager
def gate(dist: Path) -> Iterator[Gate]:
    gates: list[Gate] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Asset, gates=gates, directory=dist)) as server:
        gates.append(Gate(server.server_port))
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield gates[0]
        finally:
            gates[0].open()
            server.shutdown()
