// For `make fuzz`: a seed on each line that comes in, what became of it on each that goes out, as JSON.

import { createInterface } from "node:readline";
import { runCase } from "./fuzz.js";

for await (const seed of createInterface({ input: process.stdin })) {
  const said = await runCase(seed).then((longest) => ({ longest }), (error) => ({ error: `${error.message}\n${error.stack}` }));
  console.log(JSON.stringify(said));
}
