// What `make build` made.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

/** A file of dist/. */
export const built = (name) => {
  const file = new URL(`../../dist/${name}`, import.meta.url);
  assert.ok(existsSync(file), "there is no dist/: run `make build`");
  return readFileSync(file);
};
