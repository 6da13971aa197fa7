"""The commands of README and documentation, each given to a shell as it stands.

What would take minutes is only asked what it would do: make reads the line, and names each command that it would run.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from examples import Example, environment, runs, under, written_in

ROOT = Path(__file__).resolve().parents[1]
MAKES = [example for example in written_in("sh") if example.code.startswith("make ")]
DEMO = "make demo"
ASKED_ONLY = {
    "make test": "it is what runs this test",
    "make test-engines": "needs Firefox and WebKitGTK",
    "make test-hosts": "needs npm packages that `make test` does not bring",
    "make build": "`make test` begins with it",
    "make release": "tests/test_release.py makes one and reads its files",
    "make docs": "tests/test_docs.py runs it and reads its pages",
    "make bench": "some 15 minutes",
    "make bench AGAINST=main": "half an hour",
    "make bench FIELD=1": "an hour",
    "make bench ENGINES=1": "five minutes of both cores, and needs Firefox and WebKitGTK",
    "make bench SCALE=1": "half an hour",
    "make bench QUICK=1": "two minutes of both cores",
    "make fuzz": "a minute for each part",
    "make fuzz SECONDS_EACH=600": "ten minutes for each part",
    "make soak SECONDS_EACH=1800": "an hour",
}
"""Lines that are not run whole, and why; each line is run by a test of its own, or is here."""


def lines_of(example: Example) -> list[str]:
    """Its commands, without what is said of them."""
    return [line.partition(" # ")[0].strip() for line in example.code.splitlines()]


def shell(line: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = environment() | more
    return subprocess.run(
        ["sh", "-c", line], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=250
    )


@pytest.mark.usefixtures("dist")
@runs(MAKES)
def test_make(example: Example) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for line in lines_of(example):
        words = shlex.split(line)
        assert words[0] == "make"
        for variable in re.findall(r"^(\w+)=", "\n".join(words), re.MULTILINE):
            assert f"$({variable})" in makefile or f"$(or $({variable})," in makefile, line
        if line in ASKED_ONLY or line == DEMO:
            print(f"{line}: not run whole, for {ASKED_ONLY.get(line, 'the next test does')}")
            done = shell(line, MAKEFLAGS="n")
            assert done.stdout.count("\n") >= 1, line
        else:
            done = shell(line)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_asked_only_is_in_the_documentation() -> None:
    assert set(ASKED_ONLY) - {line for example in MAKES for line in lines_of(example)} == set()


@pytest.fixture
def port() -> Iterator[int]:
    """A free one; what is kept of its data plane is taken away."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    yield number
    for left in (ROOT / "build").glob(f"dataplane-{number}.sqlite3*"):
        left.unlink()


SERVICE, NGINX, REQUEST = [under("docs/cookies.md", language=kind)[0] for kind in ("sh", "nginx", "json")]
PASSED = {"$http_host": "www.example.com", "$scheme": "https"}
"""What nginx has for these, in a request to `https://www.example.com`."""


@runs([REQUEST], "asked")
@runs([NGINX], "proxy")
@runs([SERVICE])
def test_a_cookie_service_of_ones_own(example: Example, proxy: Example, asked: Example, port: int) -> None:
    """The command as it stands but for its port; to it goes what nginx would pass on, as its lines say."""
    location, path, target = re.findall(r"location (=) (\S+) \{\s+proxy_pass (\S+);", proxy.code)[0]
    headers = {name: PASSED[value] for name, value in re.findall(r"proxy_set_header (\S+) (\S+);", proxy.code)}
    assert (location, path) == ("=", "/rsaRequest")
    assert f"--port {target.rpartition(':')[2]} " in example.code
    command = example.code.strip().replace("9000", str(port)).replace("&& ", "&& exec ")
    env = environment() | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with subprocess.Popen(["sh", "-c", command], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        try:
            for line in service.stderr:
                if "running on" in line:
                    break
            answer = httpx.post(
                f"http://127.0.0.1:{port}{path}",
                headers=headers | {"Origin": "https://www.example.com"},
                content=asked.code.replace("RS_ENC_v3_...", "RS_ENC_v3_ImEi"),
                trust_env=False,
            )
        finally:
            service.send_signal(signal.SIGINT)
            service.communicate(timeout=30)
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("rl_anonymous_id=RS_ENC_v3_ImEi; ")
    assert "Domain=example.com" in cookie.replace("=.", "=") and answer.headers["access-control-allow-origin"]


@pytest.mark.usefixtures("dist")
def test_make_demo(port: int) -> None:
    """By the line itself; 8000 may be in use here, so the environment says another port."""
    assert DEMO in [line for example in MAKES if example.page == "README.md" for line in lines_of(example)]
    env = {name: value for name, value in environment().items() if "DISPLAY" not in name} | {"PORT": str(port)}
    with subprocess.Popen(
        DEMO.split(),
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        assert demo.stdout is not None
        try:
            said = [line for line, _ in zip(demo.stdout, range(4), strict=False)]  # its addresses, as it listens
            answers = {
                path: httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False).status_code
                for path in ("/health", "/", "/shop", "/pyscript", "/live", "/dist/rudderanalytics.js")
            }
        finally:
            os.killpg(demo.pid, signal.SIGINT)
            _, errors = demo.communicate(timeout=60)
    assert set(answers.values()) == {200}, answers
    assert f"http://127.0.0.1:{port}/" in said[0]
    assert demo.returncode == -signal.SIGINT  # as a shell expects of what Ctrl-C ends
    assert errors == ""
