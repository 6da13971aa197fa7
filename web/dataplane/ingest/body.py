"""The request's body, unzipped [server §1.2, §1.3 step 6]."""

import zlib

from starlette.requests import ClientDisconnect, Request

from .answers import TOO_LARGE, UNREADABLE_BODY, Refusal

MOST_READ = 16 * 1024 * 1024
"""Bytes. The gateway reads without end; four times its limit would almost always end in its 413 anyway."""


async def read_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_READ:
                raise Refusal(TOO_LARGE)
    except ClientDisconnect as gone:
        raise Refusal(UNREADABLE_BODY) from gone
    # Only this exact value counts; an empty body has nothing to unzip, and is then invalid JSON.
    if body and request.headers.get("content-encoding") == "gzip":
        return _gunzip(bytes(body))
    return bytes(body)


def _gunzip(zipped: bytes) -> bytes:
    """All members of the stream, as Go's reader takes them: cut short, corrupt or followed by rubbish is an error."""
    parts: list[bytes] = []
    room = MOST_READ + 1
    while zipped:
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(zipped, room))
        except zlib.error as corrupt:
            raise Refusal(UNREADABLE_BODY) from corrupt
        room -= len(parts[-1])
        if room <= 0:
            raise Refusal(TOO_LARGE)
        if not member.eof:
            raise Refusal(UNREADABLE_BODY)
        zipped = member.unused_data
    return b"".join(parts)
