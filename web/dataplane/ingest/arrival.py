"""What the gateway itself knows of a request: when it came, from where, with which headers."""

from datetime import UTC, datetime

from starlette.requests import Request

_MOST_HEADERS = 65_536
"""Characters of headers that are kept with a request; browsers send some thousands."""

_LONGEST_IP = 200
"""Characters. Each message of a request is kept with it; the gateway has no bound, and an address has 45 at most."""


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def request_ip(request: Request) -> str:
    """The first forwarded address, else the peer's; an IPv6 peer keeps its brackets [server §1.6]."""
    if forwarded := forwarded_for(request):
        return forwarded
    host = request.client.host if request.client else ""
    return f"[{host}]" if ":" in host else host


def forwarded_for(request: Request) -> str:
    """ "" where no proxy says for whom it asks."""
    return request.headers.get("x-forwarded-for", "").split(",")[0].replace(" ", "")[:_LONGEST_IP]


def headers_of(request: Request) -> dict[str, str]:
    """One value per name. What goes beyond the bound is left out, and the name `…` says how much that was."""
    joined: dict[str, str] = {}
    left, without = _MOST_HEADERS, 0
    for name, value in request.headers.items():
        size = len(name) + len(value)
        if size > left:
            without += 1
            continue
        left -= size
        joined[name] = f"{joined[name]}, {value}" if name in joined else value  # as HTTP says to join them
    if without:
        joined["…"] = f"{without:,} more headers are not kept"
    return joined
