"""The AMP linker: what a link from an AMP page says of its visitor, for setAnonymousId [js 3.8].

`1*<checksum>*<key>*<value>*...`: the values are base64 of UTF-8; the checksum is of them, of the browser and of the
minute in which the link was made, so that a link that was kept, or was made for another browser, says nothing.

Must not know: who the visitor is.
"""

from .. import base64, ids

_KEY = "rs_amp_id"
_OLDEST = 1
"""Minutes since the one in which the link was made."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def anonymous_id(linker: str, page: dict, at: int) -> str | None:
    """The anonymousId that the visitor had on the AMP page; None where the linker does not hold."""
    version, _, rest = linker.partition("*")
    checksum, _, pairs = rest.partition("*")
    parts = pairs.split("*")
    if version != "1" or len(parts) % 2:
        return None
    browser = f"{page['userAgent']}*{_minutes_behind(page['timezone'])}*{page['locale']}"
    minutes = [at // 60_000 - back for back in range(_OLDEST + 1)]
    if checksum not in [_base_36(_crc_32(f"{browser}*{minute}*{pairs}")) for minute in minutes]:
        return None
    found = None
    for index in range(0, len(parts), 2):
        if parts[index] == _KEY:
            found = _decode(parts[index + 1])
    return ids.anonymous_id(found)


def _minutes_behind(timezone: str) -> int:
    """`GMT+0530` -> -330, as `Date.getTimezoneOffset` has it."""
    hours, minutes = timezone[-4:-2], timezone[-2:]
    if not (hours + minutes).isdigit():
        return 0
    behind = int(hours) * 60 + int(minutes)
    return -behind if "+" in timezone else behind


def _decode(text: str) -> str | None:
    try:
        return base64.decode(text[:-2] if text.endswith("..") else text)
    except ValueError:
        return None


def _crc_32(text: str) -> int:
    """The checksum of zip and gzip, here of the lowest eight bits of each character; MicroPython has none."""
    found = 0xFFFFFFFF
    for character in text:
        found ^= ord(character) & 0xFF
        for _ in range(8):
            found = found >> 1 ^ (0xEDB88320 if found & 1 else 0)
    return found ^ 0xFFFFFFFF


def _base_36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
