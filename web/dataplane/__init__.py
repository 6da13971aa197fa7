"""A local data plane: RudderStack's gateway for one developer, with what arrived kept in SQLite and shown.

Where things are:

- `options` what a server is started with; `app` puts the parts together; `server` and `background` run it;
  `__main__` is the command, `once` its `--once`.
- `gateway` the ingestion routes and the order of checks, with `refusals`, `writekeys`, `body`, `messages`, `ids` and
  `pixel` behind it, and `cors` in front of it; JSON is read by `ordinary`, else by `jsontext`, else by `nesting`. Facts
  are cited as [server §n]: the specification `server.md` of RudderStack's own gateway.
- `store` keeps one `row` per message in the file that `schema` lays out, locks and brings up to date, and writes with
  `writing` and `checkpoints`; `retention` removes the oldest. `events` gives the rows out; `faults` scripts failures
  for tests.
- `live` is the page of the messages: `search` finds them, `listing` says what a line shows (`summary`, `delivery`, and
  `checks` with `seen` and `reserved`), `changes` follows what is new, `detail` shows one with `tree` and `curl`.
- `destinations` says what others would be sent for a message, `preview` answers it as JSON.
- `userpages` shows who the messages are about: `people` the list, `portrait` and `history` one of them.
- `forward` passes messages on to another data plane; `taps` is its queue in the store.
- `sourceconfig` answers the official JavaScript SDK; `assets` serves files; `pages` the demo pages, `readme` the
  README, all with `templates`; `summary` says a message in one line, which `console` prints.
"""
