// Runs a provider's generators: inputs in, actions out.

import { NEXT } from "./actions.js";
import { Failure } from "./failure.js";

const METHODS = {
  chat: "chat",
  complete: "complete",
  embed: "embed",
  rerank: "rerank",
  "list-models": "listModels",
  "count-tokens": "countTokens",
  check: "check",
  other: "other",
};

/** What an operation returns instead of emitting it. */
const OUTPUTS = {
  embed: "embeddings",
  rerank: "ranking",
  "list-models": "models",
  "count-tokens": "tokens",
  check: "health",
  other: "other",
};

/** Other failures of a request are the upstream's. */
const FAILURES = { denied: "denied", "invalid-request": "internal", unreachable: "unreachable", timeout: "timeout" };

/** One operation under way, in a component or in a test. */
export class Exchange {
  #run;

  constructor(provider, operation, context) {
    this.#run = perform(provider, operation, context);
  }

  /** The first actions. */
  start() {
    return this.#actions(() => this.#run.next());
  }

  /** What is to be done next: at the end `done` or `fail`. */
  step(input) {
    switch (input.tag) {
      case "again":
      case "other":
        return [];
      case "failed": {
        const { kind, message } = input.val;
        return this.#actions(() => this.#run.throw(new Failure(FAILURES[kind] ?? "upstream", message)));
      }
      default:
        // `elapsed` and `end` have no value, which is what a provider is to see of them.
        return this.#actions(() => this.#run.next(input.val ?? null));
    }
  }

  #actions(goOn) {
    const actions = [];
    try {
      let { done, value } = goOn();
      while (!done && value !== NEXT) {
        actions.push(value);
        if (value.tag === "fetch" || value.tag === "wait") break;
        ({ done, value } = this.#run.next());
      }
      if (done) actions.push({ tag: "done" });
    } catch (error) {
      actions.push({ tag: "fail", val: failure(error) });
    }
    return actions;
  }
}

function* perform(provider, operation, context) {
  const method = METHODS[operation.tag];
  if (!provider[method]) throw new Failure("unsupported", `this provider does not implement \`${operation.tag}\``);
  const request = operation.val === undefined ? [] : [operation.val];
  let result = provider[method](...request, context);
  if (typeof result?.next === "function") result = yield* result;
  if (result === undefined) return;
  if (!OUTPUTS[operation.tag]) throw new TypeError(`\`${method}\` emits what it has, and returns nothing`);
  yield { tag: "emit", val: { tag: OUTPUTS[operation.tag], val: result } };
}

/** An exception that nobody catches would be a trap, without a message. */
function failure(error) {
  if (error instanceof Failure) return error.error;
  const lines = String(error?.stack ?? "").split("\n").map((line) => line.trim());
  // Some engines begin with the message.
  const place = lines.find((line) => line.startsWith("at ")) ?? "nowhere that is known";
  return { kind: "internal", message: `${error} (${place})` };
}

/** What the component exports, for a provider. */
export function component(provider) {
  let exchange;
  return {
    describe: () => provider.describe(),
    start(operation, context) {
      exchange = new Exchange(provider, operation, context);
      return exchange.start();
    },
    step: (input) => exchange.step(input),
  };
}
