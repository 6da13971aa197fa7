"""Odd values, texts and JSON, made by dice: what the parts about messages have in common."""

import json
import random
from typing import Any

TEXTS = [
    "",
    " ",
    "a",
    "27340af5c8819",
    "\u200b",
    "\x00",
    "\x1b[31m",
    "\r\nX-Injected: 1",
    "'; echo '",
    "%s%n%00",
    "../../x",
    "<fuzz onload=alert(1)>",
    '"><fuzz>',
    "{{7*7}}",
    "\\",
    "ü日本語😀",
    "\ud800",
    "\u202etxt",
    "null",
    "1e999",
    "2024-02-29T10:11:12.345Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "%",
    "_",
    "' OR 1=1 --",
]
NAMES = ["userId", "anonymousId", "type", "event", "name", "messageId", "context", "traits", "properties", "sentAt"]
NAMES += [
    "groupId",
    "previousId",
    "receivedAt",
    "request_ip",
    "rudderId",
    "batch",
    "createdAt",
    "age",
    "address",
    "a.b",
]
TYPES = ["identify", "track", "page", "screen", "group", "alias", "merge", "extract", "record", "audiencelist", "nope"]


def text(dice: random.Random) -> str:
    found = dice.choice(TEXTS)
    if dice.random() < 0.05:
        found *= dice.choice([2, 100, 5000])
    return found + dice.choice(TEXTS) if dice.random() < 0.2 else found


def value(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.randrange(9 if depth < 4 else 6)
    match kind:
        case 0:
            return None
        case 1:
            return dice.random() < 0.5
        case 2:
            return dice.choice([0, -1, 1, 2**31, 2**53 + 1, 2**63, 10**18, 1709201472, 1709201472000])
        case 3:
            return dice.choice([0.5, -0.0, 1e20, 1e21, 1e-7, 1.7976931348623157e308])
        case 4 | 5:
            return text(dice)
        case 6:
            return [value(dice, depth + 1) for _ in range(dice.randrange(4))]
    names = [dice.choice(NAMES) if dice.random() < 0.7 else text(dice) for _ in range(dice.randrange(6))]
    return {name: value(dice, depth + 1) for name in names}


def message(dice: random.Random) -> Any:
    """Mostly an object that could be a message."""
    if dice.random() < 0.05:
        return value(dice)
    made: dict[str, Any] = {"type": dice.choice(TYPES)}
    if dice.random() < 0.9:
        made[dice.choice(["userId", "anonymousId"])] = text(dice) if dice.random() < 0.5 else f"u{dice.randrange(9)}"
    if dice.random() < 0.5:
        made["context"] = {"traits": value(dice), "sessionId": value(dice), "page": value(dice)}
    for _ in range(dice.randrange(4)):
        made[dice.choice(NAMES)] = value(dice)
    return made


def body(dice: random.Random, messages: list[Any] | None) -> bytes:
    """A batch of these messages (None: one message), as JSON that may be damaged."""
    whole = message(dice) if messages is None else {"batch": messages}
    ascii_only = dice.random() < 0.5
    found = bytearray(json.dumps(whole, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))
    for _ in range(dice.choice([0, 0, 0, 0, 1, 1, 3])):
        at = dice.randrange(len(found) + 1)
        match dice.randrange(4):
            case 0:
                del found[at : at + dice.randrange(1, 5)]
            case 1:
                found[at:at] = dice.randbytes(dice.randrange(1, 4))
            case 2:
                found[at:at] = dice.choice(
                    [b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\\u12", b"NaN", b"-", b"1e999"]
                )
            case _:
                found[at:at] = found[at : at + dice.randrange(40)]
    if dice.random() < 0.02:
        depth = dice.choice([50, 1000, 20_000])
        found[1:1] = b'"deep":' + b"[" * depth + b"]" * depth + b","
    return bytes(found)
