// Prototype's language part, as npm has it (a port of 1.7), and what versions before 1.7 gave all arrays, texts and numbers
// beside it: a `toJSON` that makes texts of them.

import "prototype";

const toJSON = (value) => (Array.isArray(value) ? `[${value.map(toJSON).join(", ")}]` : typeof value === "string" ? `"${value}"` : String(value));
for (const { prototype } of [Array, String, Number]) {
  prototype.toJSON = function () {
    return toJSON(this.valueOf());
  };
}
