"""Keeping messages: one row each, in one SQLite file, on disk before the sender has its answer.

`rows` says what is kept: a message, and the request that brought it. A row has a `seq`, which only ever rises,
whatever is removed; everything that pages through rows, follows them or passes them on is a position in it.

- `database`: the `Store`. One process has the file; its event loop writes. `append` returns when the messages are on
  disk. Requests that arrive together are committed together, so that the cost per message falls as the load grows.
  Whoever follows what is new waits with `news` (another row) or `change` (anything that a page may want to show).
- `schema`: the tables, the steps from those of older versions, and the lock that lets one data plane use a file.
- `transactions`: one after the other; the wait for the disk is another thread's. `checkpoints` copies the log into
  the file beside the writing.
- `retention`: `--keep`. The oldest go when there is time. `pending` says what must stay, because it waits to be
  passed on.
- `search`: the rows that a person looks for, each time on a connection of its own that cannot write, so that it
  holds up no message that arrives.
"""
