"""Base64 of a text's UTF-8 (RFC 4648, section 4).

Must not know: what it is for. Not `binascii`: under PyScript's MicroPython that is Python code whose time and memory
grow with the square of the text's length.
"""

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def encode(text: str) -> str:
    """The base64 of a text, padded, on one line."""
    content = text.encode()
    parts = []
    for start in range(0, len(content), 3):
        group = content[start : start + 3]
        absent = 3 - len(group)
        bits = int.from_bytes(group + b"\0" * absent, "big")
        digits = [_DIGITS[bits >> place & 63] for place in (18, 12, 6, 0)]
        parts.append("".join(digits[: 4 - absent]) + "=" * absent)
    return "".join(parts)


def decode(text: str) -> str:
    """The text that this is the base64 of, padded or not. Raises `ValueError` for what is none, or not of UTF-8."""
    found = []
    bits = count = 0
    for digit in text.rstrip("="):
        bits = bits << 6 | _DIGITS.index(digit)
        count += 6
        if count >= 8:
            count -= 8
            found.append(bits >> count)
            bits &= (1 << count) - 1
    if count == 6:
        raise ValueError("not base64")
    return bytes(found).decode()
