#!/bin/sh
# IPython 9.8.0 (PyPI). One would guess that a cell is announced by the same events however it is run: `pre_run_cell`
# before it and `post_run_cell` after it, as the documentation of the events says. `run_cell` does so. `run_cell_async`,
# which hosts with an event loop of their own await (JupyterLite's Pyodide kernel does), triggers `pre_run_cell` and
# never `post_run_cell` nor `post_execute`: these are triggered by `run_cell` itself. Whoever counts cells or their
# failures in `post_run_cell` hears nothing there. Exits 1 where that is not so.
# Source: IPython/core/interactiveshell.py (_run_cell, run_cell_async), docs: IPython/core/events.py.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ipython==9.8.0
HOME=$folder IPYTHONDIR=$folder "$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import sys

from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
heard = []
for name in ("pre_run_cell", "post_run_cell", "pre_execute", "post_execute"):
    shell.events.register(name, lambda *given, name=name: heard.append(name))

shell.run_cell("1 + 1")
plain = sorted(heard)
heard.clear()
result = asyncio.run(shell.run_cell_async("1 + 1", transformed_cell="1 + 1"))
print("run_cell:      ", plain)
print("run_cell_async:", sorted(heard), "result", result.result)
both = ["post_execute", "post_run_cell", "pre_execute", "pre_run_cell"]
sys.exit(0 if (plain, sorted(heard)) == (both, ["pre_execute", "pre_run_cell"]) else 1)
PYTHON
