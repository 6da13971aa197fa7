"""A running server for each test module, emptied before each test, and ways to send it what httpx would not."""

import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from dataplane.background import serve
from dataplane.options import Options

type Post = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    options = Options(
        port=0,
        db=tmp_path_factory.mktemp("store") / "messages.sqlite3",
        disabled_write_keys=frozenset({"DISABLED"}),
    )
    with serve(options) as url:
        yield url


@pytest.fixture(scope="module")
def module_client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def client(module_client: httpx.Client) -> httpx.Client:
    """Without a write key."""
    module_client.delete("/api/events").raise_for_status()
    module_client.delete("/api/faults").raise_for_status()
    return module_client


@pytest.fixture
def post(client: httpx.Client) -> Post:
    """Posts a body (bytes as they are, anything else as JSON) with a write key."""

    def post(path: str, body: Any, headers: Mapping[Any, Any] | None = None) -> httpx.Response:
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        return client.post(path, auth=("KEY", ""), headers=headers, **sent)

    return post


@pytest.fixture
def events(client: httpx.Client) -> Callable[..., list[dict[str, Any]]]:
    def events(**query: str | int) -> list[dict[str, Any]]:
        answer = client.get("/api/events", params=query)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["events"]
        return rows

    return events


@pytest.fixture
def raw(server: str) -> Callable[[bytes], bytes]:
    """Sends bytes over a socket of its own and gives back all that comes until the server closes."""

    def raw(sent: bytes) -> bytes:
        address = urlsplit(server)
        assert address.hostname is not None and address.port is not None
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            connection.sendall(sent)
            received = b""
            while part := connection.recv(65536):
                received += part
            return received

    return raw


def options_in(folder: Path, **changes: Any) -> Options:
    return Options(port=0, db=folder / "messages.sqlite3", **changes)
