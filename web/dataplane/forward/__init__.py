"""Passing messages on: `--forward`, to another data plane as well, in order, until each was answered.

The store itself is the queue; `queue` keeps a cursor in it per address, so that a restart goes on where the last run
stopped. What was accepted while forwarding was off does not go. `forwarder` takes what is next, sends it, and goes
on when it was answered: a 2xx is delivered, a 4xx is kept as the answer and shown, all else is tried again.
"""
