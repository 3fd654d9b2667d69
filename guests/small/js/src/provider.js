// The provider: what it says of itself, and its operations.

import { Answer } from "./answer.js";
import { read } from "./errors.js";
import { body } from "./request.js";
import { Failure, NEXT, fetch, get, load, ok, post, setting, textOf } from "./tidegate/index.js";

export const small = {
  describe: () => ({
    name: "small-js",
    version: "0.1.0",
    description: "Speaks a small subset of chat completions, in JavaScript",
    vendor: "Tidegate",
    wants: [
      { pattern: "POST {base-url}/chat/completions", reason: "to answer" },
      { pattern: "GET {base-url}/models", reason: "to list the models, and to check the key" },
    ],
    credentials: [
      {
        name: "api-key",
        description: "A key of the server's",
        placement: { tag: "bearer" },
        required: false,
        environment: "SMALL_API_KEY",
      },
    ],
    settings: [
      {
        name: "base-url",
        description: "Where the server is",
        kind: { tag: "url" },
        default: "https://llm.example.com/v1",
        required: false,
      },
    ],
    operations: ["chat", "list-models", "check"],
    features: ["streaming", "tools", "reasoning"],
  }),

  *chat(request, context) {
    const url = `${setting(context, "base-url")}/chat/completions`;
    const sent = yield* body(request);
    const response = ok(yield fetch(post(url, sent, request.stream ? "server-sent-events" : "whole")), read);
    const answer = new Answer(context);
    if (response.body) {
      yield* answer.whole(load(textOf(response)));
    } else {
      yield* frames(answer);
    }
    yield* answer.finish();
  },

  *listModels(context) {
    const models = yield* list(context);
    return models.map(({ id, created, owned_by: owner }) => ({
      id,
      createdMs: typeof created === "number" ? created * 1000 : undefined,
      owner: typeof owner === "string" ? owner : undefined,
      inputModalities: [],
      outputModalities: [],
      operations: [],
      features: [],
    }));
  },

  *check(context) {
    const models = yield* list(context);
    return { message: `${models.length} models` };
  },
};

function* frames(answer) {
  for (let frames = yield NEXT; frames !== null; frames = yield NEXT) {
    for (const { val } of frames) {
      if (val.data === "[DONE]") return;
      yield* answer.chunk(load(val.data));
    }
  }
}

function* list(context) {
  const response = ok(yield fetch(get(`${setting(context, "base-url")}/models`)), read);
  const { data } = load(textOf(response)) ?? {};
  if (!Array.isArray(data)) throw new Failure("upstream", "the upstream's list of models is none");
  return data.filter((model) => typeof model?.id === "string");
}
