// How `make test` shows the tests of web/src: those that failed, and a line that sums up.

import { relative } from "node:path";
import { inspect } from "node:util";

/** @param {AsyncIterable<{type: string, data: any}>} events those of `node --test` */
export default async function* report(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr") yield data.message;
    if ((type !== "test:pass" && type !== "test:fail") || data.details.type === "suite") continue;
    const { skip, todo, details } = data;
    counts[skip !== undefined || todo !== undefined ? "skipped" : type === "test:pass" ? "passed" : "failed"]++;
    if (type === "test:pass" || details.error.failureType === "subtestsFailed") continue;
    const place = data.file ? `${relative(".", data.file)}:${data.line}` : "";
    yield `FAILED ${place} ${data.name}\n${inspect(details.error.cause ?? details.error)}\n\n`;
  }
  const words = Object.entries(counts).filter(([, count]) => count);
  yield `web/src: ${words.map(([name, count]) => `${count} ${name}`).join(", ") || "no tests"}\n`;
}
