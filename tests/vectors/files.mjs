// What an interpreter needs to run the vectors: the core as it lies in sdk/, the runner, the vectors.

import { readFileSync, readdirSync } from "node:fs";

const HERE = new URL(".", import.meta.url);
const PACKAGE = new URL("../../sdk/rudderanalytics/", import.meta.url);
const ROOMS = ["", "core/", "core/calls/", "core/visitor/", "core/consent/", "core/delivery/"];

/** Every folder, each after the one that it is in. */
export const FOLDERS = ["/lib", ...ROOMS.map((room) => `/lib/rudderanalytics/${room}`), "/vectors"];

/** @param {boolean} core with the core, too? @returns {[string, string][]} path in the interpreter, text */
export const files = (core = true) => {
  const read = (folder, ending, into) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => [into + name, readFileSync(new URL(name, folder), "utf8")]);
  const own = core ? ROOMS.flatMap((room) => read(new URL(room, PACKAGE), ".py", `/lib/rudderanalytics/${room}`)) : [];
  return [...own, ...read(HERE, ".py", "/lib/"), ...read(HERE, ".json", "/vectors/")];
};

// Files go in as text and are read there, so that no number passes through JavaScript.
export const SUM = `
import json, os, sys
sys.path.append("/lib")
import run
ran, failures = 0, []
for name in sorted(filter(run.is_of_python, os.listdir("/vectors"))):
    with open("/vectors/" + name) as file:
        found = json.loads(run.run(file.read()))
    ran += found["ran"]
    failures += found["failures"]
result = json.dumps({"ran": ran, "failures": failures})
`;
