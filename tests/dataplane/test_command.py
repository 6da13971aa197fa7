"""`python -m dataplane`, as `make demo` runs it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dataplane.once import once
from dataplane.options import Options, file_of

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "web")}
    process = subprocess.Popen(
        [sys.executable, "-m", "dataplane", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    """From the lines that it prints first."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(5)]
    assert [line.split()[0] for line in lines] == ["Demo", "PyScript", "Live", "Forward", "Messages"]
    return lines[0].split()[1].rstrip("/")


def test_it_says_each_message_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    db = tmp_path / "new folder" / "messages.sqlite3"
    with command("--port", "0", "--db", str(db), "--write-key", "A", "--disabled-write-key", "B") as process:
        url = address(process)
        with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
            assert client.post("/v1/identify", json={"userId": "u"}, auth=("B", "")).status_code == 404
            assert client.post("/v1/identify", json={"userId": "u"}, auth=("C", "")).status_code == 401
            message = {"userId": "27340af5c8819", "context": {"traits": {"name": "Richard", "logins": 2}}}
            assert client.post("/v1/identify", json=message, auth=("A", "")).status_code == 200
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(3)]
            assert [re.sub(r"\d\d:\d\d:\d\d", "time", line) for line in said] == [
                "time  refused   POST /v1/identify  404 source is disabled\n",
                "time  refused   POST /v1/identify  401 invalid write key\n",
                "time  identify  27340af5c8819  name, logins\n",
            ]
            with client.stream("GET", "/api/events/stream") as stream:  # a page that watches holds nothing up
                assert stream.status_code == 200
                process.send_signal(signal.SIGINT)
                output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (0, "", "")
    assert db.is_file()


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with command("--port", str(port), "--db", str(tmp_path / "x.sqlite3")) as process:
            output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (1, "")
    assert errors == f"Port {port} on 127.0.0.1 is in use; choose another (make demo PORT=8001)\n"


def test_a_database_that_is_none_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite3"
    file.write_text("this is no database " * 100)
    for db in (file, tmp_path, file / "below"):
        with command("--port", "0", "--db", str(db)) as process:
            output, errors = process.communicate(timeout=20)
        assert (process.returncode, output) == (1, "")
        assert errors.startswith(f"Messages cannot be kept in {db}: ") and errors.count("\n") == 1


def test_each_port_has_its_file() -> None:
    assert file_of(8000) == Options().db == PROJECT / "build" / "dataplane.sqlite3"
    assert file_of(8001) == PROJECT / "build" / "dataplane-8001.sqlite3"


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_bad_ports(port: str) -> None:
    with command("--port=" + port) as process:
        assert "a port is a number from 0 to 65535" in process.communicate(timeout=20)[1]
    assert process.returncode == 2


def test_once_without_a_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert once(Options(dist=tmp_path)) == 1
    assert "run make build" in capsys.readouterr().err


@pytest.mark.usefixtures("dist")
def test_once_submits_the_form_and_prints_what_arrived() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,  # a demo that runs already is no obstacle
        command("--once", "--port", str(taken.getsockname()[1])) as process,
    ):
        output, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    message = json.loads(output)
    assert message["type"] == "identify" and message["userId"]
    traits = message["context"]["traits"]
    assert (traits["firstName"], traits["lastName"]) == ("Richard", "Hendricks")
    assert output.startswith("{\n  ")
