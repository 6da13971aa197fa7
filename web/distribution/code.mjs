// What tells one compilation of C from another: the numbers of functions of one say nothing about another.

import { createHash } from "node:crypto";

import { joined } from "./wasm.mjs";

/** @param {import("./wasm.mjs").Module} module @returns {string} of all its code, SHA-256 in hexadecimal */
export const hashOfCode = ({ bodies }) => createHash("sha256").update(joined(bodies)).digest("hex");
