"""What each file of `dist/` weighs, raw and as a server would send it."""

import gzip
from pathlib import Path


def table(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    rows = [(str(path.relative_to(folder)), path.stat().st_size, gzipped(path)) for path in files]
    rows.append((f"{len(files)} files", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    width = max(len(row[0]) for row in rows)
    head = f"{'':{width}}  {'bytes':>11}  {'gzip':>11}"
    return "\n".join([head, *(f"{name:{width}}  {raw:>11,}  {small:>11,}" for name, raw, small in rows)])


def gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))
