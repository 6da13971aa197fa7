"""What a request is answered: one success, and every refusal with what a person can do about it [server §1.4].

Where each is raised: `grep TOO_LARGE` in this room, say.
"""

from http import HTTPStatus
from typing import NamedTuple, Self

from starlette.responses import Response


class Answer(NamedTuple):
    """A refusal: status and text are the gateway's, the advice is for whoever looks at `/live`."""

    status: int
    text: str
    advice: str = ""

    def because(self, cause: object) -> Self:
        """With the cause at the end of the text."""
        return self._replace(text=f"{self.text}: {cause}")

    def response(self, headers: dict[str, str] | None = None) -> Response:
        """What Go's `http.Error` writes: the text, a newline, and two headers."""
        return Response(
            self.text + "\n",
            self.status,
            {"X-Content-Type-Options": "nosniff", **(headers or {})},
            media_type="text/plain",
        )


HEADER_WITHOUT_WRITE_KEY = Answer(
    401,
    "failed to read writekey from header",
    "Send the write key as the user name of HTTP Basic, with an empty password: Authorization: Basic base64(KEY:). "
    "With curl: -u KEY:",
)
QUERY_WITHOUT_WRITE_KEY = Answer(
    401,
    "failed to read writekey from query params",
    "Beacons and pixels say the write key in their address: ?writeKey=KEY",
)
INVALID_WRITE_KEY = Answer(
    401,
    "invalid write key",
    "Compare the key with that of your source. This data plane takes the keys that --write-key named, and any without "
    "that option; a webhook takes none.",
)
SOURCE_DISABLED = Answer(404, "source is disabled", "Enable the source of this write key, or send with another key.")
UNREADABLE_BODY = Answer(
    500,
    "failed to read body from request",
    "The body was cut off, or says Content-Encoding: gzip and is not. Send it whole, and that header only with gzip.",
)
INVALID_JSON = Answer(
    400,
    "invalid json",
    "Send one JSON object. An empty body, single quotes, a comma too many, NaN and numbers beyond float64 are no JSON.",
)
NOT_RUDDER_EVENT = Answer(
    400,
    "event is not a valid rudder event",
    'A message is a JSON object. Several go to /v1/batch as {"batch": [{...}, {...}]}.',
)
NON_IDENTIFIABLE = Answer(
    400,
    "request neither has anonymousId nor userId",
    "Give each message a userId or an anonymousId, at its root: ids among the traits do not count. One message without "
    "refuses the whole batch.",
)
EMPTY_BATCH = Answer(400, "empty batch payload", 'Send the messages as {"batch": [...]}, at least one.')
TOO_LARGE = Answer(
    413,
    "request size exceeds max limit",
    "A request is 4,096,000 bytes at most, unzipped. Send fewer messages in a batch, and less in a message: "
    "RudderStack wants at most 32 KB of each.",
)
NOT_FOUND = Answer(
    404,
    "404 page not found",
    "Check the data plane URL and the path. Messages go to /v1/identify, /v1/track, /v1/page, /v1/screen, /v1/group, "
    "/v1/alias and /v1/batch, right behind the URL, without a slash at the end.",
)
WRONG_METHOD = Answer(405, "", "Messages are sent with POST, pixels with GET.")
TIMEOUT = Answer(408, "Request Timeout", "The body began and then did not come. Send it whole.")
DISK = Answer(
    503,
    "messages cannot be kept",
    "Make room on the disk, or start the data plane with another file (--db). Senders try again by themselves.",
)


class Refusal(Exception):
    """A request that is answered with an error, raised by the check that it fails."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(*answer)
        self.answer = answer


def accepted() -> Response:
    """The only success there is: `ok`, no newline, not JSON."""
    return Response("ok", media_type="text/plain")


def phrase(status: int) -> str:
    """What HTTP calls a status, "" where it has no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


ADVICE = {(each.status, each.text): each.advice for each in list(globals().values()) if isinstance(each, Answer)}
