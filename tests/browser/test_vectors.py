"""The vectors inside Pyodide in a page, with the core as `make build` packed it; the script tag's MicroPython, which
cannot run the vectors' source, is held against the whole one on their inputs (tests/distribution)."""

import json
from pathlib import Path

import pytest
from browser.site_under_test import Site
from playwright.sync_api import Page
from vectors.run import is_of_the_core

FOLDER = Path(__file__).parents[1] / "vectors"
VECTORS = [path.read_text() for path in sorted(FOLDER.glob("*.json")) if is_of_the_core(path.name)]

# Vectors go in as files or texts, so that no number passes through JavaScript.
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

# As the script tag has it: in a worker, from the memory that `make build` left; on the page's main thread, from the
# library beside it.
PYODIDE = """async ([files, program]) => {
  const { open } = await import("/dist/pyodide/rudderanalytics.mjs");
  const python = await open();
  python.FS.mkdir("/vectors");
  for (const name in files) python.FS.writeFile("/vectors/" + name, files[name]);
  python.runPython(program);
  return python.globals.get("found");
}"""

WORKER = f"""(given) => new Promise((settle) => {{
  const source = `const run = ${{String({PYODIDE})}};
    onmessage = async (event) => postMessage(await run(event.data).catch(String));`;
  const absolute = source.replaceAll('"/dist', '"' + location.origin + '/dist');
  const script = new Blob([absolute], {{type: "text/javascript"}});
  const worker = new Worker(URL.createObjectURL(script), {{type: "module"}});
  worker.onmessage = (event) => settle(event.data);
  worker.onerror = (event) => settle(event.message);
  worker.postMessage(given);
}})"""


@pytest.mark.parametrize("boot", [PYODIDE, WORKER], ids=["pyodide", "worker"])
def test_vectors_in_the_page(site: Site, page: Page, boot: str) -> None:
    page.goto(site.write("", "vectors.html"))
    files = {f"{number}.json": text for number, text in enumerate(VECTORS)}
    files["run.py"] = (FOLDER / "run.py").read_text()
    found = json.loads(page.evaluate(boot, [files, RUN.replace("COUNT", str(len(VECTORS)))]))
    assert found == [{"ran": len(json.loads(text)), "failures": []} for text in VECTORS]
