"""The gateway's answers [server §1.4]."""

from http import HTTPStatus

from starlette.responses import Response

HEADER_WITHOUT_WRITE_KEY = (401, "failed to read writekey from header")
QUERY_WITHOUT_WRITE_KEY = (401, "failed to read writekey from query params")
INVALID_WRITE_KEY = (401, "invalid write key")
SOURCE_DISABLED = (404, "source is disabled")
UNREADABLE_BODY = (500, "failed to read body from request")
INVALID_JSON = (400, "invalid json")
NOT_RUDDER_EVENT = (400, "event is not a valid rudder event")
NON_IDENTIFIABLE = (400, "request neither has anonymousId nor userId")
EMPTY_BATCH = (400, "empty batch payload")
TOO_LARGE = (413, "request size exceeds max limit")
NOT_FOUND = (404, "404 page not found")


class Refusal(Exception):
    """A request that is answered with an error, raised by the check that it fails."""

    def __init__(self, answer: tuple[int, str]) -> None:
        super().__init__(*answer)
        self.status, self.text = answer

    def response(self) -> Response:
        return go_error(self.status, self.text)


def accepted() -> Response:
    """The only success there is: `ok`, no newline, not JSON."""
    return Response("ok", media_type="text/plain")


def go_error(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """What Go's `http.Error` writes: the text, a newline, and two headers."""
    return Response(
        text + "\n", status, {"X-Content-Type-Options": "nosniff", **(headers or {})}, media_type="text/plain"
    )


def phrase(status: int) -> str:
    """What HTTP calls a status, "" where it has no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
