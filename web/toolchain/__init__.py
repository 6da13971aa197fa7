"""What the project needs before it can build or test itself: Python 3.13, Python packages, npm packages, a browser.

`make setup` runs `python -m toolchain`. Each part lives in a folder that git ignores, looks first whether its work is
done already, says one line when it really does something, and raises `Blocked` with one line where it cannot go on.
"""
