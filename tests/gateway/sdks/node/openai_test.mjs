// What users of OpenAI's SDK for Node do, at a gateway. Its address and key are in the environment.

import assert from "node:assert/strict";
import OpenAI from "openai";
import { ContentFilterFinishReasonError, LengthFinishReasonError } from "openai/error";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

import { check, raises, run, untilVendorSawHangUps } from "./checks.mjs";

// A retry would hide what went wrong first.
const client = new OpenAI({ maxRetries: 0 });

const says = (content) => [{ role: "user", content }];
const ask = (model, text = "Hi", options = {}, by = client) =>
  by.chat.completions.create({ model, messages: says(text), ...options });

async function gather(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks) => chunks.map((it) => it.choices[0]?.delta.content ?? "").join("");

check("a chat is answered whole", async () => {
  const answer = await ask("openai/plain", "Hello ☀");
  assert.equal(answer.choices[0].message.content, "Hello ☀");
  assert.equal(answer.choices[0].message.role, "assistant");
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.equal(answer.usage.total_tokens, 12);
  assert.equal(answer.usage.prompt_tokens_details.cached_tokens, 2);
  assert.equal(answer.usage.completion_tokens_details.reasoning_tokens, 3);
  assert.match(answer._request_id, /^req_/);
  assert.equal((await ask("echo/echo-1", "one two")).choices[0].message.content, "one two");
});

check("a chat is streamed", async () => {
  const chunks = await gather(await ask("openai/plain", "one two ☀", { stream: true }));
  assert.equal(textOf(chunks), "one two ☀");
  assert.equal(chunks[0].choices[0].delta.role, "assistant");
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  assert.ok(chunks.length >= 4);
  assert.ok(chunks.every((it) => !it.usage));
});

check("a stream ends with its usage where that was asked for", async () => {
  const options = { stream: true, stream_options: { include_usage: true } };
  const chunks = await gather(await ask("openai/plain", "one two", options));
  const last = chunks.pop();
  assert.deepEqual(last.choices, []);
  assert.deepEqual([last.usage.prompt_tokens, last.usage.completion_tokens], [5, 7]);
  assert.ok(chunks.every((it) => it.usage === null && it.choices.length === 1));
});

check("tools are called and their results are taken", async () => {
  const degrees = { Oslo: "-3", "São Paulo": "27" };
  for (const stream of [false, true]) {
    const asked = [];
    const weather = zodFunction({
      name: "weather",
      parameters: z.object({ place: z.string() }),
      function: ({ place }) => {
        asked.push(place);
        return degrees[place];
      },
    });
    const messages = says("Where is it warmer?");
    const question = { model: "openai/tools", stream, messages, tools: [weather] };
    const runner = client.chat.completions.runTools(question);
    assert.equal(await runner.finalContent(), "Oslo -3, São Paulo 27");
    assert.deepEqual(asked, ["Oslo", "São Paulo"]);
  }
});

check("arguments of tools are streamed in pieces", async () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: {} } }];
  const chunks = await gather(await ask("openai/tools", "Hi", { stream: true, tools }));
  const calls = [];
  let pieces = 0;
  for (const piece of chunks.flatMap((it) => it.choices[0]?.delta.tool_calls ?? [])) {
    const call = (calls[piece.index] ??= { arguments: "" });
    call.id ??= piece.id;
    call.arguments += piece.function?.arguments ?? "";
    pieces += 1;
  }
  assert.deepEqual(
    calls.map((it) => [it.id, JSON.parse(it.arguments).place]),
    [["call_a", "Oslo"], ["call_b", "São Paulo"]],
  );
  assert.ok(pieces >= 4);
});

const Person = z.object({ name: z.string(), age: z.number().int() });

check("answers are parsed into the type that was asked for", async () => {
  const response_format = zodResponseFormat(Person, "person");
  const question = { model: "openai/parsed", messages: says("Who?"), response_format };
  const ada = { name: "Ada Lovelace", age: 36 };
  const whole = await client.chat.completions.parse(question);
  assert.deepEqual(whole.choices[0].message.parsed, ada);
  const streamed = await client.chat.completions.stream(question).finalChatCompletion();
  assert.deepEqual(streamed.choices[0].message.parsed, ada);
});

check("answers that are not whole are not parsed", async () => {
  const response_format = zodResponseFormat(Person, "person");
  const classes = [
    ["openai/short", LengthFinishReasonError],
    ["openai/filtered", ContentFilterFinishReasonError],
  ];
  for (const [model, kind] of classes) {
    const question = { model, messages: says("Who?"), response_format };
    await raises(kind, () => client.chat.completions.parse(question));
    await raises(kind, () => client.chat.completions.stream(question).finalChatCompletion());
  }
});

check("texts become vectors", async () => {
  const question = { model: "openai/vectors", input: ["ab", "abcde"] };
  for (const encoding_format of [undefined, "float", "base64"]) {
    const answer = await client.embeddings.create({ ...question, encoding_format });
    if (encoding_format === "base64") {
      // Whoever asks for it decodes it.
      assert.ok(answer.data.every((it) => typeof it.embedding === "string"));
    } else {
      assert.deepEqual(answer.data.map((it) => it.embedding), [[0, -2.5], [1, -5.5]]);
    }
    assert.deepEqual(answer.data.map((it) => it.index), [0, 1]);
    assert.equal(answer.usage.prompt_tokens, 4);
  }
});

check("models are listed and found", async () => {
  const ids = (await gather(client.models.list())).map((it) => it.id);
  assert.deepEqual(ids, ["echo/echo-1", "openai/plain", "openai/org/tuned"]);
  for (const id of ids) assert.equal((await client.models.retrieve(id)).id, id);
  const error = await raises(OpenAI.NotFoundError, () => client.models.retrieve("openai/none"));
  assert.equal(error.code, "model_not_found");
});

check("texts are continued", async () => {
  const question = { model: "openai/older", prompt: "It" };
  const answer = await client.completions.create(question);
  assert.deepEqual([answer.choices[0].text, answer.usage.total_tokens], ["It goes on", 4]);
  const chunks = await gather(await client.completions.create({ ...question, stream: true }));
  assert.equal(chunks.map((it) => it.choices[0]?.text ?? "").join(""), "It goes on");
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
});

check("each status throws its class", async () => {
  const classes = [
    [400, OpenAI.BadRequestError],
    [401, OpenAI.AuthenticationError],
    [403, OpenAI.PermissionDeniedError],
    [404, OpenAI.NotFoundError],
    [409, OpenAI.ConflictError],
    [422, OpenAI.UnprocessableEntityError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [503, OpenAI.InternalServerError],
  ];
  for (const [status, kind] of classes) {
    for (const stream of [false, true]) {
      const error = await raises(kind, () => ask(`openai/status-${status}`, "Hi", { stream }));
      assert.deepEqual([error.code, error.error.message], ["wished", "as you wished"]);
      assert.ok(error.type);
      assert.match(error.requestID, /^req_/);
      if (status < 500) assert.equal(error.status, status);
      if (status === 429) assert.equal(error.headers.get("retry-after"), "7");
    }
    // A provider that fails five times in a row is given a rest.
    await ask("openai/plain");
  }
});

check("what the gateway itself refuses throws the same classes", async () => {
  const stranger = client.withOptions({ apiKey: "tg-other" });
  let error = await raises(OpenAI.AuthenticationError, () => ask("openai/plain", "Hi", {}, stranger));
  assert.equal(error.code, "invalid_api_key");
  const narrow = client.withOptions({ apiKey: "tg-narrow" });
  error = await raises(OpenAI.PermissionDeniedError, () => ask("openai/parsed", "Hi", {}, narrow));
  assert.equal(error.code, "model_not_allowed");
  error = await raises(OpenAI.NotFoundError, () => ask("opnai/plain"));
  assert.deepEqual([error.code, error.param], ["model_not_found", "model"]);
  error = await raises(OpenAI.BadRequestError, () => ask("openai/plain", "Hi", { temperature: "hot" }));
  assert.equal(error.param, "temperature");
  const paint = () => client.images.generate({ model: "openai/plain", prompt: "A tide" });
  assert.equal((await raises(OpenAI.NotFoundError, paint)).code, "unsupported_endpoint");
});

check("a stream that breaks off throws", async () => {
  const stream = await ask("openai/cut", "Hi", { stream: true });
  const error = await raises(OpenAI.APIError, () => gather(stream));
  assert.equal(error.type, "server_error");
});

check("a stream that is left is closed at the vendor", async () => {
  for await (const chunk of await ask("openai/endless", "Hi", { stream: true })) {
    assert.equal(chunk.choices[0].delta.role, "assistant");
    break;
  }
  await untilVendorSawHangUps(1);
});

check("a stream that is aborted is closed at the vendor", async () => {
  const stream = await ask("openai/endless", "Hi", { stream: true });
  for await (const _ of stream) stream.controller.abort();
  await untilVendorSawHangUps(2);
});

check("the SDK gives up in its own time", async () => {
  const hasty = client.withOptions({ timeout: 300 });
  await raises(OpenAI.APIConnectionTimeoutError, () => ask("openai/silent", "Hi", {}, hasty));
});

check("the SDK tries again when it was told to wait", async () => {
  const patient = client.withOptions({ maxRetries: 2 });
  const answer = await ask("openai/busy-once", "Hi", {}, patient);
  assert.equal(answer.choices[0].message.content, "2");
});

check("the SDK does not try again what is hopeless", async () => {
  const patient = client.withOptions({ maxRetries: 2 });
  const error = await raises(OpenAI.RateLimitError, () => ask("openai/poor", "Hi", {}, patient));
  assert.equal(error.type, "insufficient_quota");
  assert.equal((await ask("openai/asked", "poor")).choices[0].message.content, "1");
});

check("a hundred at once each get their own answer", async () => {
  const one = async (number) => {
    const text = `question ${number} of many ${number}`;
    const stream = number % 2 === 0;
    const answer = await ask("openai/crowd", text, { stream });
    return [text, stream ? textOf(await gather(answer)) : answer.choices[0].message.content];
  };
  const answers = await Promise.all(Array.from({ length: 100 }, (_, number) => one(number)));
  for (const [asked, answered] of answers) assert.equal(answered, asked);
});

await run();
