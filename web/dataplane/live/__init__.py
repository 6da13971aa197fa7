"""Showing messages: `/live` and `/live/users`, `/api/events`, and the lines in the terminal.

Everything on the pages is HTML that the server rendered; the pages' scripts only put it in its place.

- `view`: `/live`. The list, one message beside it, and what is sent to an open page as it happens. What that is, is
  in `stream`: new rows, an answer of another data plane, a store that was cleared.
- `listing`: what a line of the list shows: `summary` (who and what), `marks` (how it came and where it went) and
  `checks` (what RudderStack or a destination would trip on; `reserved` has the names and types).
- `detail`: one message in full: as a `tree` of bounded size, its checks, what each destination would be sent, the
  request; and as a command to send it again, `curl`.
- `users`: `/live/users`, who the messages are about. `everyone` is the list, `person` one of them, `traits` how that
  one's traits became what they are, `view` the page.
- `events`: `/api/events`, the rows as JSON and as server-sent events. `position`: how addresses say where in the
  store. `preview`: `/api/destinations/<name>`.
- `terminal`: one line per message received.
"""
