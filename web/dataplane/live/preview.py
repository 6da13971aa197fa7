"""`POST /api/destinations/<name>`: what a destination would be sent for the message in the body.

The message is taken as the transformer takes it: without a `timestamp` of its own, the originalTimestamp counts.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..destinations import DESTINATIONS, Destination
from ..ingest.answers import Refusal
from ..ingest.body import Places, Reading
from ..ingest.messages import LARGEST
from ..jsontext import Json, decode, encode, utf8


async def _preview(request: Request) -> Response:
    destination = DESTINATIONS.get(request.path_params["name"])
    if destination is None:
        return _error(404, f"there is no such destination; there are {', '.join(DESTINATIONS)}")
    try:
        body = await Reading(request, Places(), LARGEST).unzipped()
        return await run_in_threadpool(_answer, destination, body)
    except Refusal as refusal:
        return _error(refusal.answer.status, refusal.answer.text)
    except ClientDisconnect:
        return _error(400, "the body was cut off")


def _answer(destination: Destination, body: bytes | bytearray) -> Response:
    try:
        message = decode(utf8(body))
    except (ValueError, RecursionError):
        return _error(400, "the body is not JSON")
    try:
        return _json(*destination.preview(message).answer())
    except (ValueError, RecursionError):
        return _error(400, "the message has a number beyond float64 or is nested too deeply")


def _error(status: int, text: str) -> Response:
    return _json(status, {"statusCode": status, "error": text})


def _json(status: int, answer: Json) -> Response:
    return Response(encode(answer), status, media_type="application/json")


ROUTES = [Route("/api/destinations/{name}", _preview, methods=["POST"])]
