"""`make fuzz` and `make soak`: odd inputs, one after the other, for as long as is wanted; bounded by count and by time.

    PYTHONPATH=sdk:web:tests .venv/bin/python -m fuzz                        # every part, 60 seconds each
    ... -m fuzz --part gateway --seed 7 --case 1234                          # one case again, exactly
    ... -m fuzz --soak --seconds 3600                                        # the parts that take long

A part is a module in `parts`, found by its name. It has

- a docstring, whose first line is printed;
- `opened()`, a context manager that prepares what is tried, once, and gives a function. That one takes a
  `random.Random`, makes one case of it, and raises an AssertionError where something is wrong;
- `COUNT`, cases after which it is enough; `SOAK = True` if it belongs to `make soak`.

A case depends on its dice alone: seed, part and number bring it back. What a part uses must be ours and on loopback.
"""
