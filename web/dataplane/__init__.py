"""A local data plane: RudderStack's gateway for one developer, with what arrived kept in SQLite and shown.

A message goes through the rooms in this order; each room's own docstring is a page about it:

- `ingest` takes requests as RudderStack's gateway does, and answers them: who may send, how large, in which form. A
  413 is in its table of answers.
- `store` keeps one row per message in a file, on disk before the answer goes out, and gives rows back.
- `forward` passes messages on to another data plane (`--forward`).
- `live` shows them: `/live`, `/live/users`, `/api/events`, the lines in the terminal.
- `destinations` says what Mixpanel, Intercom and others would be sent for a message.
- `pages` serves the rest: the demo, the PyScript page, the README, `dist/`.

`jsontext` is JSON as the gateway reads and writes it; every room may use it.

`options` is what a server is started with, `app` puts the rooms together, behind `doors` that other sites' pages do
not pass, `server` runs that on a socket, `background` in a thread beside the caller. `__main__` is the command,
`once` its `--once`.

Facts are cited as [server §n] and [js §n]: the project's specifications of RudderStack's own gateway and JavaScript
SDK.
"""
