// What a provider can yield.

/** Yield it for the next piece of an open answer: an array of frames, bytes, or `null` at its end. */
export const NEXT = Symbol("next");

/** Sends a request. Gives the `response`. */
export const fetch = (request) => ({ tag: "fetch", val: request });

/** Lets time pass. */
export const wait = (milliseconds) => ({ tag: "wait", val: milliseconds });

/** Hands a piece of an answer to the caller: `event("usage", { input: 3 })`. */
export const event = (tag, val) => ({ tag: "emit", val: { tag: "event", val: { tag, val } } });

/** Says that something was asked for and could not be honoured. */
export const warn = (subject, message) => event("warning", { subject, message });

/** Writes to the operator's log. Never put request content in it. */
export const log = (level, message) => ({ tag: "log", val: { level, message } });

/** Numbers the parts of one answer. Pieces of the same kind in a row share a part. */
export class Choice {
  #open = null;
  #part = -1;

  constructor(index = 0) {
    this.index = index;
  }

  text(text) {
    return this.#delta("text-delta", text);
  }

  reasoning(text) {
    return this.#delta("reasoning-delta", text);
  }

  refusal(text) {
    return this.#delta("refusal-delta", text);
  }

  /** Begins a call. What it gives makes the actions of this call, however many are open. */
  toolCall(context, name, id) {
    this.#begin(null);
    return new ToolCall({ choice: this.index, part: this.#part }, context, name, id);
  }

  finish(reason, raw) {
    return event("finish", { choice: this.index, reason, raw });
  }

  #delta(kind, text) {
    if (this.#open !== kind) this.#begin(kind);
    return event(kind, { choice: this.index, part: this.#part, text });
  }

  #begin(kind) {
    this.#open = kind;
    this.#part += 1;
  }
}

class ToolCall {
  #place;

  constructor(place, context, name, id) {
    const seed = context.seed.toString(16).padStart(8, "0");
    this.#place = place;
    this.id = id || `call_${seed}_${place.choice}_${place.part}`;
    this.name = name;
  }

  start() {
    return event("tool-call-start", { ...this.#place, id: this.id, name: this.name });
  }

  /** More of the arguments. */
  delta(text) {
    return event("tool-call-delta", { ...this.#place, text });
  }

  end() {
    return event("tool-call-end", this.#place);
  }
}
