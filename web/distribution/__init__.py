"""The parts of `dist/`, one module each: the page's script, the wheels, the two runtimes, and what they weigh.

`web/build.py` calls them in order. Each writes into the folder it is given and reads nothing from the network:
`make setup` brought the runtimes and the tools.
"""
