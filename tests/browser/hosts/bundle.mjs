// Bundles the apps of this folder into another, as their authors would: node bundle.mjs <folder>.

import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("../../../web/", import.meta.url));
const require = createRequire(MODULES + "package.json");
const { build } = require("esbuild");
const apps = fileURLToPath(new URL("apps/", import.meta.url));

const svelte = {
  name: "svelte",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { compile } = require("svelte/compiler");
      const { js } = compile(await readFile(path, "utf8"), { filename: path, generate: "client" });
      return { contents: js.code, loader: "js", resolveDir: apps };
    }),
};

await build({
  entryPoints: readdirSync(apps).filter((name) => /\.jsx?$/.test(name)).map((name) => apps + name),
  outdir: process.argv[2],
  bundle: true,
  format: "iife",
  jsx: "automatic",
  conditions: ["browser"],
  nodePaths: [`${MODULES}node_modules`],
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [svelte],
});
