"""docs/destinations.md: every example in it is run, and its tables are those of the modules."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from examples import Example, runs, under

from dataplane.destinations import DESTINATIONS, Destination, field_text
from dataplane.destinations.dotted import part

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "destinations.md").read_text()
TITLES = {destination.title: destination for destination in DESTINATIONS.values()}
# What is in a request beside what the traits become.
BESIDE = {
    "Mixpanel": (["batch", 0, "$set"], ()),
    "Intercom": (["body"], ("external_id",)),
    "Amplitude": (["body", "events", 0], ("event_type", "user_id", "device_id")),
    "Customer.io": (["body"], ("anonymous_id", "_timestamp")),
    "Braze": (["body", "attributes", 0], ("external_id",)),
    "HubSpot": (["body", "properties"], ()),
    "Klaviyo": (["body", "data", "attributes"], ("external_id", "anonymous_id")),
    "Salesforce": (["body"], ()),
}


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Of the tables in it, without what is above the first line of dashes."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [line for line in lines[2:] if not set("".join(line)) <= set("-| ")]


def message(traits: Any) -> dict[str, Any]:
    ids = {"type": "identify", "userId": "user-123", "anonymousId": "5b3f6a52"}
    ids["originalTimestamp"] = "2026-01-15T08:00:00.000Z"
    return {**ids, "context": {"traits": traits}}


ON_PAGE = "docs/destinations.md"
(CALL,) = under(ON_PAGE, "The example")
(COMMAND, ANSWER) = under(ON_PAGE, "See it")
SHOWN = [example for example in under(ON_PAGE, language="json") if example != ANSWER]


@pytest.fixture(scope="module")
def traits() -> Any:
    """What the page's call gives `identify`, in JavaScript."""
    said = "const rudderanalytics = {identify: (...given) => console.log(JSON.stringify(given))};\n"
    ran = subprocess.run(["node", "-e", said + CALL.code], capture_output=True, text=True, check=True, timeout=60)
    user, given = json.loads(ran.stdout)
    assert user == "user-123"
    return given


def test_the_example_has_every_reserved_trait(traits: Any) -> None:
    names = ("id", "firstName", "lastName", "name", "age", "email", "phone", "address", "birthday", "company")
    more = ("createdAt", "description", "gender", "title", "username", "website", "avatar")
    assert set(traits) == {*names, *more}
    assert set(traits["address"]) == {"city", "country", "postalCode", "state", "street"}
    assert set(traits["company"]) == {"name", "id", "industry", "employee_count", "plan"}


def arrives(destination: Destination, traits: Any, trait: str) -> str:
    preview = destination.preview(message(traits))
    place, own = f"context.traits.{trait}", trait.rpartition(".")[2]
    names = [field_text(path[-1:]) for path, sources in preview.sources.items() if place in sources]
    if not names:
        is_inside = any(place.startswith(f"{each}.") for each, _ in preview.trace())
        return "✓" if is_inside else "–"
    return ", ".join("✓" if name == own else f"`{name}`" for name in names)


def test_the_table_of_traits(traits: Any) -> None:
    text = section("Where each trait arrives")
    heads = next(line for line in text.splitlines() if line.startswith("|")).strip("| ").split(" | ")
    assert set(BESIDE) == set(heads[1:])
    seen = []
    for trait, *cells in rows(text):
        trait = trait.strip("`")
        seen.append(trait)
        expected = [arrives(TITLES[head], traits, trait) for head in heads[1:]]
        assert cells == expected, f"| `{trait}` | {' | '.join(expected)} |"
    parts = [f"{name}.{part}" for name in ("address", "company") for part in traits[name]]
    assert set(seen) == set(traits) - {"address", "company"} | set(parts)


@runs(SHOWN)
def test_what_a_destination_is_sent(example: Example, traits: Any, client: httpx.Client) -> None:
    answer = client.post(f"/api/destinations/{TITLES[example.heading].name}", json=message(traits)).json()
    assert json.loads(example.code) == answer, json.dumps(answer, indent=2)


@pytest.mark.parametrize("title", TITLES)
def test_what_is_said_of_a_destination(title: str, traits: Any, client: httpx.Client) -> None:
    text = section(title)
    if title not in [example.heading for example in SHOWN]:
        answer = client.post(f"/api/destinations/{TITLES[title].name}", json=message(traits)).json()
        assert answer.get("error", "unchanged") in text
    lost = [place.removeprefix("context.traits.") for place in TITLES[title].preview(message(traits)).lost]
    said = re.search(r"^Not sent: (.*?)\.$", text, re.MULTILINE)
    assert (re.findall(r"`([^`]+)`", said[1]) if said else []) == lost, lost


def test_the_odd_values(client: httpx.Client) -> None:
    table = rows(section("Odd values"))
    assert len(table) > 15
    for given, title, shown in table:
        answer = client.post(f"/api/destinations/{TITLES[title].name}", json=message(json.loads(given.strip("`"))))
        path, beside = BESIDE[title]
        there = part(answer.json(), path) if answer.status_code == 200 else answer.json()["error"]
        if isinstance(there, dict):
            there = {name: value for name, value in there.items() if name not in beside}
        assert there == json.loads(shown.strip("`")), (given, title, json.dumps(there))


@runs([ANSWER], "answer")
@runs([COMMAND])
def test_the_command(example: Example, answer: Example, dataplane: str) -> None:
    command = example.code.replace("http://127.0.0.1:8000", dataplane)
    environment = os.environ | {"no_proxy": "*"}
    ran = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    if shutil.which("curl"):
        said = ran.stdout
    else:  # Debian's smallest has none; then what curl would do
        _, _, body, address = shlex.split(command)
        said = httpx.post(address, content=body, trust_env=False).text
    assert json.loads(said) == json.loads(answer.code)


def test_every_destination_has_a_section() -> None:
    assert [title for title in re.findall(r"^## (.*)$", PAGE, re.MULTILINE) if title in TITLES] == list(TITLES)
