"""What each file of `dist/` weighs: as it is, and as a server sends it that knows of the compressed ones beside it."""

from pathlib import Path

COMPRESSED = (".gz", ".br")


def table(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not is_copy(path))
    rows = [(str(path.relative_to(folder)), size(path, ""), size(path, ".gz"), size(path, ".br")) for path in files]
    rows.append((f"{len(files)} files", sum(r[1] for r in rows), sum(r[2] for r in rows), sum(r[3] for r in rows)))
    width = max(len(row[0]) for row in rows)
    head = f"{'':{width}}  {'bytes':>11}  {'gzip':>11}  {'Brotli':>11}"
    return "\n".join([head, *(f"{row[0]:{width}}  {row[1]:>11,}  {row[2]:>11,}  {row[3]:>11,}" for row in rows)])


def size(path: Path, suffix: str) -> int:
    """Bytes that are sent where `suffix` is taken."""
    compressed = path.with_name(path.name + suffix)
    return (compressed if compressed.is_file() else path).stat().st_size


def is_copy(path: Path) -> bool:
    """Is it one of the compressed files that lie beside what they were made from?"""
    return path.suffix in COMPRESSED and path.with_suffix("").is_file()
