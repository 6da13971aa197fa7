"""Taking messages: the routes of RudderStack's gateway, answered as it answers them [server §1].

A request meets these, in this order. The first that refuses it answers; all answers are in one table, `answers`:

1. `connection`: one connection of the server, uvicorn's. 408, 431 and 503: how long a request may take, how large
   its head may be, and all bodies together.
2. `cors`: answers preflights, and lets pages of any origin send and read the answer.
3. `gateway`: the routes, and the order of all that follows. Unknown path 404, wrong method 405.
4. `faults`: failures that a test scripted with `/api/faults` strike before anything is looked at.
5. `write_keys`: who sends. 401, and 404 for a disabled source.
6. `body`: reads the whole body and unzips it. 413 where it does not end, 500 where it cannot be read.
7. `messages`: JSON, each message in turn, the size. 400, and 413 over 4,096,000 bytes. It makes what is stored, with
   the ids that the gateway adds (`ids`).
8. The store. What it has on disk is answered with `200 ok`.

What was refused is kept too, for people to see (`refused`). `arrival` is what the gateway itself knows of a request.

`pixel` is the other way in: a message in the address of an image, answered with the image whatever becomes of it.
`cookies` is a service of its own, which sets a visitor's cookies: `/rsaRequest`.
`source_config` answers what the official JavaScript SDK asks before it sends anything.
"""
