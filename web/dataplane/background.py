"""A data plane beside the caller, in a thread, on a real socket: for tests and for `--once`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .options import Options
from .server import Server


@contextmanager
def serve(options: Options) -> Iterator[str]:
    """Runs a server while the block lasts; its address is without a slash at the end. Port 0 takes a free one."""
    server = Server(options)
    # The socket listens already, so that requests wait for the server instead of being refused.
    thread = threading.Thread(target=server.serve_until_stopped, name="dataplane", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.should_exit = True
        thread.join()
