// What the build puts in place of "core".
declare module "core" {
  /** The core's modules as MicroPython's bytecode, a character per byte, by name. */
  export const modules: Record<string, string>;
}
