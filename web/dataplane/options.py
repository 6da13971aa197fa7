"""What a data plane is started with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PORT = 8000
FILE = PROJECT / "build" / "dataplane.sqlite3"


def file_of(port: int) -> Path:
    """The database of a port, so that demos on several ports run side by side, and each finds its own again."""
    return FILE if port == PORT else FILE.with_stem(f"{FILE.stem}-{port}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The defaults are those of `make demo`."""

    host: str = "127.0.0.1"
    host_names: frozenset[str] = frozenset()
    """Other names than the loopback ones that its pages are had by; `*.example.test` is every name below that one."""
    port: int = PORT
    """0 takes a free one."""
    db: Path = FILE
    write_keys: frozenset[str] = frozenset()
    """Empty: any write key is accepted."""
    disabled_write_keys: frozenset[str] = frozenset()
    forward: str | None = None
    """The address of a data plane that every accepted message is passed on to."""
    forward_write_key: str | None = None
    """The key to use there; None: each sender's own."""
    keep: int = 50_000
    """Messages that stay when there is time to remove others; 0: all."""
    dist: Path = PROJECT / "dist"
    extra_static: Mapping[str, Path] = field(default_factory=dict)
    """More folders to serve, by the path they are served under: `{"/fixtures": Path("tests/fixtures")}`."""
    isolated_static: Mapping[str, Path] = field(default_factory=dict)
    """The same, served so that a page there is cross-origin isolated, and PyScript's workers reach its window."""
    announce: Callable[[str], None] | None = None
    """Called with one line per message received."""
