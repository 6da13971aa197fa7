"""The data plane's rooms: which may use which, and that each says at its door what is in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "web" / "dataplane"

# What a room uses beside itself. What is in no room puts the rooms together, and may use all.
USES: dict[str, set[str]] = {
    "jsontext": set(),
    "store": set(),
    "ingest": {"jsontext", "store"},
    "forward": {"store", "ingest"},
    "destinations": {"jsontext"},
    "pages": {"store"},
    "live": {"jsontext", "store", "ingest", "destinations", "pages"},
}
FOR_ALL = {"options"}
ROOMS = {path.parent.name for path in HOUSE.glob("*/__init__.py")}


def modules(room: str) -> list[Path]:
    return sorted((HOUSE / room).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The first name below `dataplane` of each import."""
    inside = path.relative_to(HOUSE).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = inside[: len(inside) - node.level + 1]
            whole = [*base, *(node.module or "").split(".")]
            yield from [whole[0]] if whole[0] else [alias.name for alias in node.names]


def test_every_room_is_drawn() -> None:
    assert set(USES) == ROOMS


@pytest.mark.parametrize("room", USES)
def test_rooms_use_one_another_as_drawn(room: str) -> None:
    assert {name for path in modules(room) for name in imported(path)} - FOR_ALL - {room} == USES[room]


@pytest.mark.parametrize("room", sorted(USES))
def test_a_room_names_its_modules_at_the_door(room: str) -> None:
    words = ast.get_docstring(ast.parse((HOUSE / room / "__init__.py").read_text())) or ""
    names = [path.stem for path in (HOUSE / room).glob("*.py") if path.stem != "__init__"]
    assert [name for name in names if f"`{name}`" not in words] == []
    assert 40 < len(words.split()) < 500


def test_the_house_names_its_rooms() -> None:
    words = ast.get_docstring(ast.parse((HOUSE / "__init__.py").read_text())) or ""
    outside = {path.stem for path in HOUSE.glob("*.py")} - {"__init__"}
    assert [name for name in ROOMS | outside if f"`{name}`" not in words] == []


def test_no_two_modules_have_one_name() -> None:
    """Nor is one the plural of another, or of a room. `view` of messages and `view` of users are told apart by where
    they are."""
    rooms = {path.parent.name for path in HOUSE.rglob("__init__.py")}
    names = rooms | {path.stem for path in HOUSE.rglob("*.py")}
    assert [name for name in names if f"{name}s" in names] == []
    assert not {"dates", "times"} <= names
