"""The vectors inside the interpreters of a page, with the core as `make build` packed it for them."""

import json
from pathlib import Path

import pytest
from browser.site_under_test import Site
from playwright.sync_api import Page

FOLDER = Path(__file__).parents[1] / "vectors"
VECTORS = [path.read_text() for path in sorted(FOLDER.glob("*.json"))]

# Vectors go in as files, so that no number passes through JavaScript.
RUN = """
import json, sys
sys.path.append("/vectors")
import run
found = []
for number in range(COUNT):
    with open("/vectors/" + str(number) + ".json") as file:
        found.append(json.loads(run.run(file.read())))
found = json.dumps(found)
"""

PYODIDE = """async ([files, program]) => {
  const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
  const python = await loadPyodide();
  await python.loadPackage("rudderanalytics");
  python.FS.mkdir("/vectors");
  for (const name in files) python.FS.writeFile("/vectors/" + name, files[name]);
  python.runPython(program);
  return python.globals.get("found");
}"""

MICROPYTHON = """async ([files, program]) => {
  const { loadMicroPython } = await import("/dist/micropython/micropython.mjs");
  const python = await loadMicroPython({ heapsize: 16 * 2 ** 20 });
  const core = await (await fetch("/dist/micropython/rudderanalytics.core.json")).json();
  for (const folder of ["/lib", "/lib/rudderanalytics", "/vectors"]) python.FS.mkdir(folder);
  for (const path in core) python.FS.writeFile("/lib/" + path, core[path]);
  for (const name in files) python.FS.writeFile("/vectors/" + name, files[name]);
  python.runPython(program);
  return python.globals.get("found");
}"""


@pytest.mark.parametrize("boot", [PYODIDE, MICROPYTHON], ids=["pyodide", "micropython"])
def test_vectors_in_the_page(site: Site, page: Page, boot: str) -> None:
    page.goto(site.write("", "vectors.html"))
    files = {f"{number}.json": text for number, text in enumerate(VECTORS)}
    files["run.py"] = (FOLDER / "run.py").read_text()
    found = json.loads(page.evaluate(boot, [files, RUN.replace("COUNT", str(len(VECTORS)))]))
    assert found == [{"ran": len(json.loads(text)), "failures": []} for text in VECTORS]
