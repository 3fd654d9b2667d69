// A request of the contract's as the upstream wants it.

import { Failure, warn } from "./tidegate/index.js";

/** The body. What the dialect has no word for is yielded as a warning. */
export function* body(request) {
  const { sampling } = request;
  for (const [subject, value] of unknown(request)) {
    if (value !== null && value !== undefined) yield warn(subject, `this dialect has no \`${subject}\``);
  }
  const messages = [];
  for (const message of request.messages) yield* add(messages, message);
  const tools = yield* functions(request.tools);
  // `undefined` is left out of JSON.
  return {
    model: request.model,
    messages,
    stream: request.stream || undefined,
    stream_options: request.stream ? { include_usage: true } : undefined,
    temperature: sampling.temperature ?? undefined,
    top_p: sampling.topP ?? undefined,
    max_tokens: sampling.maxOutputTokens ?? undefined,
    stop: some(sampling.stop),
    tools: some(tools),
    tool_choice: choice(request.toolChoice),
  };
}

const some = (list) => (list.length > 0 ? list : undefined);

const unknown = ({ sampling, ...request }) => [
  ["sampling.top-k", sampling.topK],
  ["sampling.frequency-penalty", sampling.frequencyPenalty],
  ["sampling.presence-penalty", sampling.presencePenalty],
  ["sampling.seed", sampling.seed],
  ["sampling.logprobs", sampling.logprobs],
  ["choices", request.choices === 1 ? null : request.choices],
  ["parallel-tool-calls", request.parallelToolCalls],
  ["response-format", request.responseFormat?.tag === "text" ? null : request.responseFormat],
  ["reasoning", request.reasoning],
  ["service-tier", request.serviceTier],
  ["prompt-cache-key", request.promptCacheKey],
  ["user", request.user],
  ["metadata", some(request.metadata)],
  ["extra", request.extra],
];

/** A turn becomes one message for each result of a tool in it, and one for the rest. */
function* add(messages, { role, name, parts }) {
  const texts = [];
  const reasoning = [];
  const calls = [];
  let results = 0;
  for (const { content } of parts) {
    switch (content.tag) {
      case "text":
      case "refusal":
        texts.push(content.val);
        break;
      case "reasoning":
        reasoning.push(content.val.text);
        break;
      case "tool-call": {
        const { id, name, arguments: written } = content.val;
        calls.push({ id, type: "function", function: { name, arguments: written } });
        break;
      }
      case "tool-result":
        results += 1;
        messages.push({ role: "tool", tool_call_id: content.val.callId, content: yield* result(content.val) });
        break;
      default:
        yield warn("messages", `this dialect has no parts of the kind \`${content.tag}\`: one is left out`);
    }
  }
  if (results > 0 && texts.length === 0) return;
  messages.push({
    role: role === "developer" ? "system" : role,
    content: texts.join("\n"),
    name: name ?? undefined,
    reasoning_content: some(reasoning)?.join("\n"),
    tool_calls: some(calls),
  });
}

function* result({ parts }) {
  const texts = [];
  for (const { tag, val } of parts) {
    if (tag === "text") texts.push(val);
    else yield warn("messages", `results of tools are text here: one of the kind \`${tag}\` is left out`);
  }
  return texts.join("\n");
}

function* functions(tools) {
  const functions = [];
  for (const { tag, val } of tools) {
    if (tag === "function") functions.push({ type: "function", function: definition(val) });
    else yield warn("tools", `the tool \`${val.name}\` is left out: this dialect has functions only`);
  }
  return functions;
}

function definition({ name, description, parameters, strict }) {
  try {
    return { name, description: description ?? undefined, parameters: JSON.parse(parameters), strict: strict ?? undefined };
  } catch {
    throw new Failure("invalid-request", `the schema of the tool \`${name}\` is no JSON`);
  }
}

function choice(choice) {
  if (!choice) return undefined;
  return choice.tag === "named" ? { type: "function", function: { name: choice.val } } : choice.tag;
}
