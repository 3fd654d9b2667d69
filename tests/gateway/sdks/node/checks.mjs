// Runs checks, one after another, and says what `script.rs` understands.
//
// A check is a function that fails by throwing. What it threw goes to standard error.

import assert from "node:assert/strict";
import { createInterface } from "node:readline";

const checks = [];
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Adds a check. */
export function check(name, run) {
  checks.push({ name, run });
}

/** The error of exactly this class that the function throws. */
export async function raises(kind, run) {
  let result;
  try {
    result = await run();
  } catch (error) {
    if (error.constructor !== kind) {
      throw new Error(`${kind.name} was to be thrown`, { cause: error });
    }
    return error;
  }
  throw new Error(`${kind.name} was to be thrown, and this came: ${JSON.stringify(result)}`);
}

/** Waits until so many answers of the vendor found nobody to take them. */
export async function untilVendorSawHangUps(count) {
  console.log(`wait ${count}`);
  assert.equal((await answers.next()).value, "seen");
}

/** Runs them all, and ends the process. */
export async function run() {
  let failed = false;
  for (const { name, run } of checks) {
    try {
      await run();
      console.log(`ok ${name}`);
    } catch (error) {
      failed = true;
      console.log(`failed ${name}`);
      console.error(`\n${name}\n`, error);
    }
  }
  console.log("done");
  // Standard input is still open, and would keep the process.
  process.stdin.destroy();
  process.exitCode = failed ? 1 : 0;
}
