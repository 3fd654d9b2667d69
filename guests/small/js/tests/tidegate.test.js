// The helper: what a provider can yield, what it gets back, and what becomes of its mistakes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Choice, Exchange, Failure, NEXT, fetch, get, load, ok, post, textOf, wait } from "../src/tidegate/index.js";

const CONTEXT = { requestId: "test", nowMs: 0, seed: 7, settings: [], timeoutMs: null };
const URL = "https://example.com/";

function begin(chat) {
  const exchange = new Exchange({ chat }, { tag: "chat", val: null }, CONTEXT);
  return { exchange, actions: exchange.start() };
}

const answer = (status, text, headers = []) => ({
  tag: "response",
  val: { status, headers, body: text === null ? null : { tag: "text", val: text } },
});

const frames = (...data) => ({ tag: "frames", val: data.map((data) => ({ tag: "event", val: { data } })) });

function failure(actions) {
  assert.equal(actions.at(-1).tag, "fail");
  return actions.at(-1).val;
}

test("an answer comes whole", () => {
  const { exchange, actions } = begin(function* () {
    const response = ok(yield fetch(post(URL, { a: "ä" })));
    yield new Choice().text(load(textOf(response)).text);
  });
  assert.equal(actions[0].val.body.val, '{"a":"ä"}');
  const last = exchange.step(answer(200, '{"text": "Hi"}'));
  assert.deepEqual(last, [new Choice().text("Hi"), { tag: "done" }]);
});

test("an answer comes in frames until its end", () => {
  const { exchange } = begin(function* () {
    yield fetch(post(URL, {}, "server-sent-events"));
    const choice = new Choice();
    for (let frames = yield NEXT; frames !== null; frames = yield NEXT) {
      for (const { val } of frames) yield choice.text(val.data);
    }
  });
  assert.deepEqual(exchange.step(answer(200, null)), []);
  assert.deepEqual(exchange.step(frames("a", "b")).map(({ val }) => val.val.val.text), ["a", "b"]);
  assert.deepEqual(exchange.step({ tag: "other", val: { name: "new", json: "{}" } }), []);
  assert.deepEqual(exchange.step({ tag: "end" }), [{ tag: "done" }]);
});

test("a cut answer fails unless it is caught", () => {
  const cut = { tag: "failed", val: { kind: "interrupted", message: "cut" } };
  const { exchange } = begin(function* () {
    try {
      yield fetch(get(URL));
    } catch (failure) {
      assert(failure instanceof Failure);
      yield wait(10);
    }
    yield fetch(get(URL));
    yield NEXT;
  });
  assert.deepEqual(exchange.step(cut), [{ tag: "wait", val: 10 }]);
  assert.equal(exchange.step({ tag: "elapsed" })[0].tag, "fetch");
  exchange.step(answer(200, null));
  const { kind, message } = failure(exchange.step(cut));
  assert.deepEqual([kind, message], ["upstream", "cut"]);
});

test("a status is a failure, and says when to try again", () => {
  for (const [status, kind] of [[401, "unauthorized"], [418, "invalid-request"], [429, "rate-limited"], [502, "upstream"]]) {
    const { exchange } = begin(function* () {
      ok(yield fetch(get(URL)));
    });
    const said = failure(exchange.step(answer(status, "<html>", [{ name: "retry-after", value: "1.5" }])));
    assert.deepEqual([said.kind, said.status, said.body, said.retryAfterMs], [kind, status, "<html>", 1500]);
    assert.match(said.message, new RegExp(`${status}: <html>`));
  }
});

test("mistakes are errors that say where", () => {
  const { actions } = begin(function* () {
    yield new Choice().text("before");
    null.boom();
  });
  assert.equal(actions[0].tag, "emit");
  const { kind, message } = failure(actions);
  assert.equal(kind, "internal");
  assert.match(message, /TypeError: .*boom.*tidegate\.test\.js/s);
});

test("what is not implemented is unsupported", () => {
  const exchange = new Exchange({}, { tag: "check" }, CONTEXT);
  assert.equal(failure(exchange.start()).kind, "unsupported");
});

test("what is no JSON, or too deep, is the upstream's failure", () => {
  for (const text of ["", "NaN", "[".repeat(200) + "]".repeat(200)]) {
    assert.throws(() => load(text), (failure) => failure.error.kind === "upstream");
  }
  assert.deepEqual(load(`["${"[".repeat(200)}\\"["]`), [`${"[".repeat(200)}"[`]);
});

test("parts are numbered in the order in which they begin", () => {
  const choice = new Choice(1);
  const begun = [choice.reasoning("a"), choice.reasoning("b"), choice.text("c")];
  const first = choice.toolCall(CONTEXT, "lookup");
  const second = choice.toolCall(CONTEXT, "lookup", "call_b");
  const actions = [...begun, first.start(), second.start(), first.delta("{}"), first.end(), second.end()];
  const parts = actions.map(({ val }) => val.val.val.part);
  assert.deepEqual(parts, [0, 0, 1, 2, 3, 2, 2, 3]);
  assert.equal(first.id, "call_00000007_1_2");
});
