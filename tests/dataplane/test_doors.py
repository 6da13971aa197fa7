"""Who may look in: names of this machine, and the data plane's own pages. Messages may come from anywhere."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from dataplane.background import serve

from .conftest import options_in
from .test_command import command

PRIVATE = [
    "/",
    "/pyscript",
    "/live",
    "/live/users",
    "/live/rows",
    "/live/messages/1.json",
    "/readme",
    "/api/events",
    "/api/events/stream",
    "/api/events/1/checks",
    "/api/faults",
    "/dist/rudderanalytics.js",
    "/pages/live.js",
    "/nothing/of/the/kind",
]
OPEN = [
    ("POST", "/v1/identify"),
    ("POST", "/v1/batch"),
    ("POST", "/v1/unknown"),
    ("POST", "/beacon/v1/batch?writeKey=KEY"),
    ("GET", "/pixel/v1/page?writeKey=KEY&anonymousId=a&name=n"),
    ("GET", "/sourceConfig?writeKey=KEY"),
    ("GET", "/sourceConfig/?writeKey=KEY"),
    ("POST", "/rsaRequest"),
    ("GET", "/health"),
]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil-localhost",
    "notlocalhost",
    "192.168.1.10:8000",
    "0.0.0.0",
    "[::]",
    "[2001:db8::1]:8000",
    "localhost@evil.example",
    "localhost:80:80",
    "localhost/evil",
    "127.0.0.1, evil.example",
    "[127.0.0.1",
    "::1",
    "a'b.localhost",
    "$(id).localhost",
    "a`id`.localhost",
    "a;b.localhost",
    'a"b.localhost',
    "a&b.localhost",
    "a%27.localhost",
    "",
]
OWN_HOSTS = ["localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "127.8.9.10", "[::1]:{port}", "demo.localhost:{port}"]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    names = frozenset({"shop.example.test", "*.other.test"})
    with (
        serve(options_in(tmp_path_factory.mktemp("named"), host_names=names)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield client


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
@pytest.mark.parametrize("path", ["/live", "/api/events"])
def test_other_names_are_refused(path: str, host: str, client: httpx.Client) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 403
    assert "--host-name" in answer.text and answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", PRIVATE)
def test_everything_but_ingestion_has_names(path: str, client: httpx.Client) -> None:
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 403
    for method in ("POST", "DELETE", "OPTIONS"):
        assert client.request(method, path, headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_loopback_names(host: str, client: httpx.Client) -> None:
    assert client.get("/live", headers={"Host": host.format(port=client.base_url.port)}).status_code == 200


def test_no_host_and_two_hosts(raw: Callable[[bytes], bytes]) -> None:
    assert raw(b"GET /live HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 403")
    two = b"GET /live HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert raw(two).startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("shop.example.test", 200),
        ("SHOP.example.test:8000", 200),
        ("shop.example.test.", 200),
        ("a.other.test", 200),
        ("localhost", 200),
        ("a.shop.example.test", 403),
        ("example.test", 403),
        ("other.test", 403),
        ("a.b.other.test", 200),
        ("another.test", 403),
        ("evil.example", 403),
    ],
)
def test_names_that_were_given(host: str, status: int, named: httpx.Client) -> None:
    assert named.get("/live", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.10", ""])
@pytest.mark.parametrize(("method", "path"), OPEN)
def test_ingestion_is_open_to_any_name_and_origin(method: str, path: str, host: str, client: httpx.Client) -> None:
    headers = {"Host": host, "Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}
    body = {"userId": "u", "batch": [{"userId": "u"}]} if method == "POST" else None
    answer = client.request(method, path, headers=headers, json=body, auth=("KEY", ""))
    assert answer.status_code == (404 if "unknown" in path else 400 if "rsa" in path else 200)
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["access-control-allow-credentials"] == "true"


CHANGING = [
    ("DELETE", "/api/events"),
    ("POST", "/api/faults"),
    ("DELETE", "/api/faults"),
    ("POST", "/api/destinations/mixpanel"),
    ("PUT", "/api/anything"),
]
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "file://"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": "{own}", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_other_sites_change_nothing(method: str, path: str, headers: dict[str, str], client: httpx.Client) -> None:
    client.post("/v1/identify", json={"userId": "kept"}, auth=("KEY", "")).raise_for_status()
    own = str(client.base_url).rstrip("/")
    sent = {name: value.replace("{own}", own) for name, value in headers.items()}
    assert client.request(method, path, headers=sent, content=b'{"status": 503}').status_code == 403
    assert [row["message"]["userId"] for row in client.get("/api/events").json()["events"]] == ["kept"]
    assert client.get("/api/faults").json()["pending"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "{own}"},
        {"Origin": "{own}", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_own_pages_and_programs_do(headers: dict[str, str], client: httpx.Client) -> None:
    own = str(client.base_url).rstrip("/")
    sent = {name: value.replace("{own}", own) for name, value in headers.items()}
    assert client.delete("/api/events", headers=sent).json() == {"deleted": 0}


def test_a_page_of_another_name_of_this_machine_is_another_site(client: httpx.Client) -> None:
    port = client.base_url.port
    headers = {"Host": f"127.0.0.1:{port}", "Origin": f"http://localhost:{port}"}
    assert client.delete("/api/events", headers=headers).status_code == 403
    behind_a_proxy = {"Host": "localhost", "Origin": "https://localhost"}
    assert client.delete("/api/events", headers=behind_a_proxy).status_code == 200


@pytest.mark.parametrize("path", ["/live", "/live?type=track", "/live/users", "/live/messages/999", "/readme"])
def test_pages_let_nothing_in_and_are_in_no_frame(path: str, client: httpx.Client) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["frame-ancestors"] == "'none'" and headers["x-frame-options"] == "DENY"
    assert policy["default-src"] == "'none'" and policy["base-uri"] == "'none'"
    assert {policy[f"{kind}-src"] for kind in ("script", "style", "connect", "img")} == {"'self'"}
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/pyscript"])
def test_the_demo_is_in_no_frame_either(path: str, client: httpx.Client) -> None:
    assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/api/events", "/live/messages/1.json", "/live/messages/1.curl", "/api/none"])
def test_what_arrived_is_loaded_by_no_other_site(path: str, client: httpx.Client) -> None:
    headers = client.get(path).headers
    assert headers["cross-origin-resource-policy"] == "same-origin" and headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers and headers["x-frame-options"] == "DENY"


def test_the_database_is_for_its_user_only(tmp_path: Path) -> None:
    with serve(options_in(tmp_path)) as url:
        httpx.post(f"{url}/v1/page", json={"userId": "u"}, auth=("KEY", ""), trust_env=False).raise_for_status()
        files = sorted(tmp_path.iterdir())
        suffixes = {path.name.removeprefix("messages.sqlite3") for path in files}
        assert suffixes >= {"", "-lock", "-shm", "-wal"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_an_older_file_becomes_private_and_a_file_that_is_none_of_ours_stays_as_it_is(tmp_path: Path) -> None:
    with serve(options_in(tmp_path)):
        pass
    db = tmp_path / "messages.sqlite3"
    db.chmod(0o644)
    with serve(options_in(tmp_path)):
        assert stat.S_IMODE(db.stat().st_mode) == 0o600
    other = tmp_path / "notes.txt"
    other.write_text("this is no database " * 100)
    other.chmod(0o644)
    with command("--port", "0", "--db", str(other)) as process:
        assert "Messages cannot be kept in" in process.communicate(timeout=20)[1]
    assert stat.S_IMODE(other.stat().st_mode) == 0o644


def test_the_command_takes_names(tmp_path: Path) -> None:
    with command("--port", "0", "--db", str(tmp_path / "x.sqlite3"), "--host-name", "Shop.example.test") as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        assert httpx.get(f"{url}live", headers={"Host": "shop.example.test"}, trust_env=False).status_code == 200
        assert httpx.get(f"{url}live", headers={"Host": "example.test"}, trust_env=False).status_code == 403


@pytest.mark.parametrize("name", ["", "http://a.test", "a.test:80", "a b", "*."])
def test_names_that_are_none(name: str) -> None:
    with command(f"--host-name={name}") as process:
        assert "a name such as" in process.communicate(timeout=20)[1]
    assert process.returncode == 2
