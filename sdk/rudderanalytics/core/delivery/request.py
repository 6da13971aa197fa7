"""A delivery, and what it is as an HTTP request: address and headers, as the gateway takes them [js 4.2], [server 1].

Must not know: when to send, what became of it. The page joins the body of the texts that it was given once [js 4.3].
"""

from .. import base64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .queue import Entry

STAMP_BYTES = 64
"""What `sentAt` and a comma add to each message of a body, and the frame to a batch."""


class Delivery:
    """One request in flight: its entries, how many tries failed before it and since when (ms, as measured).

    `is_aside`: its message failed alone before, while others arrived.
    """

    def __init__(self, number: int, entries: "list[Entry]", attempt: int, first_at: int, keepalive: bool) -> None:
        self.number = number
        self.entries = entries
        self.attempt = attempt
        self.first_at = first_at
        self.keepalive = keepalive
        self.size = body_size(entries)
        self.sent_at = ""
        self.is_aside = False

    def leave_out(self, ids: list[str]) -> "list[Entry]":
        """Go on without these messages; returns them."""
        out = [entry for entry in self.entries if entry.id in ids]
        self.entries = [entry for entry in self.entries if entry.id not in ids]
        return out


def body_size(entries: "list[Entry]") -> int:
    """Bytes of a body with these messages, at most."""
    return STAMP_BYTES + sum(entry.size + STAMP_BYTES for entry in entries)


def url(data_plane_url: str, delivery: Delivery) -> str:
    """`/v1/<type>` for one message, `/v1/batch` for several."""
    entries = delivery.entries
    return data_plane_url + "/v1/" + (entries[0].kind if len(entries) == 1 else "batch")


class Headers:
    """The headers of one client's requests. What is encoded does not change from one to the next, or seldom."""

    def __init__(self, write_key: str) -> None:
        self._authorization = "Basic " + base64.encode(write_key + ":")
        self._anonymous_id = self._encoded = ""

    def of(self, delivery: Delivery, now: int) -> dict[str, str]:
        """Those of a delivery. Rsa-Retry-... and Rsa-Recovered: it is not the first try, or another page's message."""
        first = delivery.entries[0]
        if first.anonymous_id != self._anonymous_id:
            self._anonymous_id, self._encoded = first.anonymous_id, base64.encode(first.anonymous_id)
        fields = {
            "Accept": "application/json",
            "Content-Type": "application/json;charset=UTF-8",
            "Authorization": self._authorization,
            "AnonymousId": self._encoded,
            "SentAt": delivery.sent_at,
        }
        if first.recovered:
            fields["Rsa-Recovered"] = "true"
        if delivery.attempt:
            fields["Rsa-Retry-Attempt"] = str(delivery.attempt)
            fields["Rsa-Since-First-Attempt"] = str(max(0, now - delivery.first_at))
        return fields
