// Builds the component: `node build.mjs <output.wasm> [build folder]`.
//
// The build folder gets the packages of `package-lock.json`, and is used again. It is `build/` beside
// this file unless said otherwise. Nothing else is written.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The packages, installed where they are not there yet or for another lockfile. */
function packages(folder) {
  const wanted = join(here, "package-lock.json");
  const installed = join(folder, "installed.json");
  if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(wanted))) {
    mkdirSync(folder, { recursive: true });
    for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
      copyFileSync(join(here, name), join(folder, name));
    }
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    // None of them needs to run a script to be installed.
    const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync(npm, options, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    // Written last, so that a half-made folder is made again.
    copyFileSync(wanted, installed);
  }
  return createRequire(join(folder, "package.json"));
}

async function component(output, folder) {
  const { componentize } = packages(folder)("componentize-qjs");
  const entry = join(here, "src/component.js");
  const { component } = await componentize({
    jsSource: readFileSync(entry, "utf8"),
    jsPath: entry,
    moduleRoot: join(here, "src"),
    witPath: join(here, "../../../wit"),
    world: "llm-provider",
    // This host does not run the asynchronous part of the component model.
    sync: true,
    // WASI is replaced by traps: the component then imports nothing.
    stubWasi: true,
    // A third less, and no slower in a call.
    optSize: true,
  });
  writeFileSync(output, component);
}

const [output, folder] = process.argv.slice(2);
if (!output) throw new Error("give the path of the component");
await component(resolve(output), resolve(folder ?? join(here, "build")));
