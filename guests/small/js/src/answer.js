// An answer of the upstream's as events of the contract's, whole or in chunks.

import { read } from "./errors.js";
import { Choice, Failure, event } from "./tidegate/index.js";

const REASONS = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
};

export class Answer {
  #choice = new Choice();
  #calls = [];
  #context;
  #announced = false;
  #reason;

  constructor(context) {
    this.#context = context;
  }

  /** A document: one chunk whose `message` is all there is. */
  *whole(document) {
    const message = document?.choices?.[0]?.message;
    if (!message && !document?.error) throw new Failure("upstream", "the upstream's answer has no message");
    yield* this.chunk(document);
    this.#reason ??= "stop";
  }

  *chunk(chunk) {
    if (chunk?.error) {
      const { kind, message, code } = read(chunk);
      throw new Failure(kind ?? "upstream", message ?? "the upstream failed", { code });
    }
    if (!this.#announced && (chunk?.id || chunk?.model)) {
      this.#announced = true;
      const { id, model, created } = chunk;
      yield event("answer", { id, model, createdMs: typeof created === "number" ? created * 1000 : undefined });
    }
    const choice = chunk?.choices?.[0];
    yield* this.#delta(choice?.delta ?? choice?.message ?? {});
    if (choice?.finish_reason) this.#reason = String(choice.finish_reason);
    if (chunk?.usage) yield event("usage", usage(chunk.usage));
  }

  *#delta({ reasoning_content: reasoning, content, tool_calls: calls }) {
    if (reasoning) yield this.#choice.reasoning(reasoning);
    if (content) yield this.#choice.text(content);
    for (const call of calls ?? []) yield* this.#call(call);
  }

  /** A piece belongs to the last call of its index, unless it brings another id: some servers number every call 0. */
  *#call({ index, id, function: { name, arguments: written } = {} }) {
    let entry = this.#calls.findLast((each) => index !== undefined && each.index === index);
    if (!entry || (id && id !== entry.id)) {
      if (!name) throw new Failure("upstream", "the upstream calls a tool without a name");
      entry = { index, id, call: this.#choice.toolCall(this.#context, name, id) };
      this.#calls.push(entry);
      yield entry.call.start();
    }
    if (written) yield entry.call.delta(written);
  }

  *finish() {
    if (!this.#reason) throw new Failure("upstream", "the stream ended without a finish reason");
    for (const { call } of this.#calls) yield call.end();
    yield this.#choice.finish(REASONS[this.#reason] ?? "other", this.#reason);
  }
}

const usage = (usage) => ({
  input: usage.prompt_tokens,
  output: usage.completion_tokens,
  cacheRead: usage.prompt_tokens_details?.cached_tokens,
  reasoning: usage.completion_tokens_details?.reasoning_tokens,
  raw: JSON.stringify(usage),
});
