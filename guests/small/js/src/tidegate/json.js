// JSON as everybody else reads it.

import { Failure } from "./failure.js";

/** The engine's parser would use up the component's stack, which is a trap. As in Rust's serde_json. */
const DEEPEST = 128;

const TOKEN = /"(?:[^"\\]|\\.)*"?|[[\]{}]/gs;

/** Reads JSON of the upstream's. What is none is its failure. */
export function load(text) {
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (depth > DEEPEST) throw new Failure("upstream", "the upstream's JSON is nested too deeply");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure("upstream", `the upstream's answer is no JSON: ${error.message}`);
  }
}
