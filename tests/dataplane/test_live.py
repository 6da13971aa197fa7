"""`/live` and `/live/users` as the server renders them; what they do in a browser is in test_live_in_a_browser."""

import base64
import html
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataplane.background import serve
from dataplane.destinations import DESTINATIONS
from dataplane.live.tree import tree

from .conftest import Post, options_in

FRAGMENT = {"HX-Request": "true"}


def listed(client: httpx.Client, query: str = "") -> list[str]:
    """What the rows of the list say, newest first."""
    page = client.get(f"/live?{query}", headers=FRAGMENT)
    assert page.status_code == 200, page.text
    return re.findall(r'<span class="what">(.*?)</span>', page.text)


def text_of(page: str) -> str:
    """What a reader sees, each element apart."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def track(*events: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"type": "track", "event": event, "userId": "u", **fields} for event in events]


def test_the_list_shows_what_is_stored(post: Post, client: httpx.Client) -> None:
    assert "No message has arrived yet" in client.get("/live").text
    nasty = "<script>alert(1)</script>"
    post("/v1/track", {"userId": nasty, "event": nasty}, {"Rsa-Recovered": "true", "Rsa-Retry-Attempt": nasty})
    deep = b'{"anonymousId":"a","context":{"traits":{"name":"x","deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}}}"
    post("/v1/identify", deep)
    page = client.get("/live")
    assert page.status_code == 200 and nasty not in page.text
    assert page.text.count('<li class="row"') == 2
    assert page.text.index("type-identify") < page.text.index("type-track")
    assert ">recovered<" in page.text and ">retried<" in page.text and ">accepted<" not in page.text
    seq = client.get("/health").json()["lastSeq"]
    for tab in ("message", "checks", "destinations", "request"):
        assert nasty not in client.get(f"/live/messages/{seq - 1}?tab={tab}").text


def test_filters(post: Post, client: httpx.Client) -> None:
    post(
        "/v1/batch", {"batch": [*track("one", "two"), *track("three", userId="27340", properties={"a": "Grün 100%_"})]}
    )
    post("/v1/page", {"anonymousId": "27-anonymous", "name": "home"})
    assert listed(client) == ["home", "three", "two", "one"]
    assert listed(client, "type=track") == ["three", "two", "one"]
    assert listed(client, "user=27") == ["home", "three"]
    assert listed(client, "user=27340&type=page") == []
    assert listed(client, "text=GRÜN") == [] and listed(client, "text=grün") == ["three"]
    assert listed(client, "text=0%25_") == ["three"] and listed(client, "text=0%251") == []
    assert listed(client, "text=t&user=u&type=track") == ["two", "one"]
    assert "No message matches this filter" in client.get("/live?text=nothing").text
    page = client.get("/live?type=gone").text
    assert "<option selected>gone</option>" in page and "<option>page</option>" in page
    assert client.get("/live?user= 27&before=9", headers=FRAGMENT).headers["hx-replace-url"] == "/live?user=27&before=9"


def test_pages_back(post: Post, client: httpx.Client) -> None:
    post("/v1/batch", {"batch": track(*(str(n) for n in range(250)))})
    query, seen = "type=track", []
    while query:
        page = client.get(f"/live?{query}").text
        seen += re.findall(r'<span class="what">(\d+)</span>', page)
        older = re.search(r'href="/live\?([^"]*before=\d+)"', page)
        query = older[1].replace("&amp;", "&") if older else ""
        assert ("data-live" in page) == (len(seen) == 100)
    assert seen == [str(n) for n in reversed(range(250))]
    assert "Nothing older is stored" in client.get("/live?before=1").text


@pytest.mark.parametrize("path", ["/live?before=x", "/live/rows?after=x"])
def test_bad_positions(path: str, client: httpx.Client) -> None:
    assert client.get(path).status_code == 400


def test_the_stream_is_filtered(client: httpx.Client, post: Post) -> None:
    post("/v1/batch", {"batch": [*track("one", "two"), *track("three", userId="v")]})
    with client.stream("GET", "/live/rows?after=0&user=u") as response:
        lines = response.iter_lines()
        text = "".join(line for line in iter(lambda: next(lines), "") if line.startswith("data: "))
    assert re.findall(r'class="what">(\w+)<', text) == ["two", "one"]


def test_copies(post: Post, client: httpx.Client, server: str) -> None:
    message = {"userId": "it's", "event": "e", "messageId": "m", "context": {"a": [1, None]}}
    httpx.post(f"{server}/v1/track", json=message, auth=("MY KEY", ""), trust_env=False)
    seq = client.get("/health").json()["lastSeq"]
    stored = client.get(f"/live/messages/{seq}.json").json()
    assert stored.items() >= {**message, "type": "track"}.items()
    curl = client.get(f"/live/messages/{seq}.curl").text
    command, *arguments = shlex.split(curl.replace("\\\n", ""))
    assert command == "curl" and arguments[0] == f"{server}/v1/track"
    assert arguments[1:5] == ["-u", "MY KEY:", "-H", "Content-Type: application/json"]
    assert json.loads(arguments[6]) == {**message, "type": "track"}
    post("/v1/batch", {"batch": [{"userId": "u"}]})
    curl = client.get(f"/live/messages/{seq + 1}.curl").text
    assert "/v1/batch" in curl and '{"batch":[{"userId":"u"' in curl


SHELLS = [shell for shell in ("sh", "dash", "bash", "zsh", "ksh", "mksh", "fish") if shutil.which(shell)]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "text",
    [
        "it's",
        "'; touch {made}; echo '",
        "\\'; touch {made} #",
        "$(touch {made})`touch {made}`${HOME}",
        "!! !touch !$ \\! '!'",
        "\x1b]0;title\x07\x1b[201~\ntouch {made}\r\n",
        "a\x00\x01\x7f\x80\x9f\u200b\u202e\u2028\ufeff",
        "\\ \\\\ \\n \\u0041 \\' \\\" %s %n",
        "größe 日本語 😀",
        "-H @/etc/hostname\n--next",
    ],
    ids=range(10),
)
def test_what_is_copied_is_safe_for_any_shell(text: str, shell: str, client: httpx.Client, tmp_path: Path) -> None:
    """The command is run in the shell, with a curl that says what it was given; as a person pastes it, too."""
    made = tmp_path / "made"
    text = text.replace("{made}", str(made))
    message = {"userId": text, "event": text, "properties": {text: [text]}, "messageId": "m"}
    for key in ("KEY", text.replace(":", ""), "it's"):
        header = base64.b64encode(f"{key}:".encode()).decode()
        client.post("/v1/track", json=message, headers={"Authorization": f"Basic {header}"}).raise_for_status()
        curl = client.get(f"/live/messages/{client.get('/health').json()['lastSeq']}.curl").text
        assert all(each.isprintable() or each == "\n" for each in curl) and "!" not in curl
        stub = tmp_path / "curl"
        stub.write_text(f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n")
        stub.chmod(0o755)
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        ran = subprocess.run([shell, "-c", curl], capture_output=True, text=True, env=environment, check=True)
        arguments = json.loads(ran.stdout)
        assert json.loads(arguments[-1]) == {**message, "type": "track"} and arguments[-2] == "--data-raw"
        shown = arguments[2].removeprefix("Authorization: Basic ") if arguments[1] == "-H" else None
        assert (base64.b64decode(shown).decode() if shown else arguments[2]) == key + ":"
        assert not made.exists() and ran.stderr == ""


PIPED = """#!{python}
import sys, urllib.request
if "-s" in sys.argv:
    print(urllib.request.urlopen(sys.argv[2]).read().decode(), end="")
else:
    open("{sent}", "w").write(sys.stdin.read())
"""


def test_a_message_too_long_for_a_command_goes_through_a_pipe(post: Post, client: httpx.Client, tmp_path: Path) -> None:
    sent, stub = tmp_path / "sent", tmp_path / "curl"
    stub.write_text(PIPED.format(python=sys.executable, sent=sent))
    stub.chmod(0o755)
    for type_, long in (("track", "x" * 200_000), ("nonsense", "'" * 100_000)):
        message = {"type": type_, "userId": "u", "messageId": type_, "event": long}
        post("/v1/batch", {"batch": [message]})
        curl = client.get(f"/live/messages/{client.get('/health').json()['lastSeq']}.curl").text
        assert len(curl) < 1000 and "--data-binary @-" in curl
        subprocess.run(["sh", "-c", curl], check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin", "no_proxy": "*"})
        given = json.loads(sent.read_text())
        assert (given if type_ == "track" else given["batch"][0]).items() >= message.items()


def test_the_destinations_mark_where_a_field_came_from(post: Post, client: httpx.Client) -> None:
    given = {"createdAt": "2024-02-29T10:11:12.345Z", "address": {"street": "x"}}
    post("/v1/identify", {"userId": "u", "context": {"traits": given}})
    seq = client.get("/health").json()["lastSeq"]
    page = client.get(f"/live/messages/{seq}?tab=destinations", headers=FRAGMENT).text
    text = text_of(page)
    assert '$created "2024-02-29T10:11:12.345Z" ← from context.traits.createdAt' in text
    assert "signed_up_at 1709201472 ← from context.traits.createdAt" in text
    assert re.findall(r'id="to-(\w+)"', page) == re.findall(r'href="#to-(\w+)"', page) == list(DESTINATIONS)
    assert re.findall(r'href="#to-(\w+)" data-opens class="refused"', page) == [
        "hubspot",
        "salesforce",
        "facebook",
        "ga4",
    ]
    post("/v1/track", {"userId": "u", "event": "e"})
    page = client.get(f"/live/messages/{seq + 1}?tab=destinations").text
    assert "nothing is sent: only identify messages are shown here, not track." in page and "#to-" not in page


def test_one_user(post: Post, client: httpx.Client) -> None:
    visit = {"sessionId": 1763922000}
    post("/v1/page", {"anonymousId": "a1", "name": "Home", "context": visit})
    post("/v1/identify", {"anonymousId": "a1", "userId": "u", "context": {**visit, "traits": {"plan": "Free", "n": 1}}})
    post("/v1/identify", {"anonymousId": "a2", "userId": "u", "context": {"traits": {"plan": "Team"}}})
    post("/v1/track", {"anonymousId": "a2", "userId": "other", "event": "e"})
    post("/v1/alias", {"userId": "u", "previousId": "old"})
    post("/v1/page", {"anonymousId": "stranger", "name": "Home"})
    people = client.get("/live/users", headers={**FRAGMENT, "HX-Target": "section#people"}).text
    assert re.findall(r'class="what[^"]*">(\w+)<', people) == ["stranger", "u", "other"]
    page = client.get("/live/users?user=u").text
    text = text_of(page)
    assert "User, 4 messages: 2 identify, 1 page, 1 alias." in text
    assert re.search(r"a1 2 messages, merged at \S+ a2 1 message, merged at \S+ also used by other", text)
    assert "was old by alias" in text
    assert 'plan "Team" n 1' in text
    assert 'plan "Free" → "Team"' in text
    assert "1763922000" in text
    assert "A visitor who is not identified, 1 message" in client.get("/live/users?anonymous=stranger").text
    assert "No message of nobody is stored" in client.get("/live/users?user=nobody").text
    assert "begins with “zzz”" in client.get("/live/users?begins=zzz").text


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """50,000 messages of 1 KB, half of them one user's."""
    with (
        serve(options_in(tmp_path_factory.mktemp("large"))) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=20) as client,
    ):
        for part in range(25):
            batch = [
                {
                    "type": ("identify", "track", "page")[n % 3],
                    "event": f"Event {n}",
                    "userId": "busy" if n % 2 else f"user-{part}-{n}",
                    "anonymousId": f"anonymous-{part}-{n % 100}",
                    "context": {"sessionId": part, "traits": {"logins": n}, "filler": "x" * 700},
                }
                for n in range(2000)
            ]
            assert client.post("/v1/batch", json={"batch": batch}, auth=("KEY", "")).text == "ok"
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/live",
        "/live?before=25000",
        "/live?type=identify",
        "/live?type=nothing",
        "/live?user=busy",
        "/live?user=user-3",
        "/live?text=Event 1999",
        "/live?text=is nowhere in any message",
        "/live/users",
        "/live/users?user=busy",
    ],
)
def test_a_large_store_makes_no_large_pages(path: str, large: httpx.Client) -> None:
    page = large.get(path)
    assert page.status_code == 200 and len(page.content) < 300_000


def test_trees_are_bounded() -> None:
    nodes = tree({"long": "x" * 5000, "many": [0] * 5000, "deep": json.loads("[" * 50 + "]" * 50)})
    assert nodes[0].text.endswith("… (5,002 characters)")
    assert nodes[1].folded and nodes[1].members[-1].kind == "cut" and len(nodes[1].members) < 2001
    assert len(nodes) == 3 and nodes[2].name == "…"


def test_trees_say_where_values_come_from() -> None:
    (a, b) = tree({"a": {"b": [True, None]}, "c": 1}, {("a", "b", 1): ("x", "y")})
    assert [node.source for node in a.members[0].members] == ["", "x, y"]
    assert [node.kind for node in [a, a.members[0], *a.members[0].members, b]] == [
        "object",
        "array",
        "literal",
        "literal",
        "number",
    ]
