// Code that was written for another place: it uses `fetch` as a page does, prints with `console`, and
// looks around for what an operating system gives.
//
// | model | what it does |
// |---|---|
// | `GET`, `POST` | that, to the URL in the first line of the message; the rest is the body |
// | `explore` | tries whatever the engine has, and says what came of it |
// | `print` | prints the message |

import { report } from "./explore.js";

/** What is being downloaded, from one call of `step` to the next. */
let reader;
const decoder = new TextDecoder();

export const provider = {
  describe() {
    return {
      name: "ported-javascript",
      version: "1.0.0",
      description: "Uses fetch",
      vendor: "Tests",
      wants: [],
      credentials: [
        {
          name: "api-key",
          description: "A secret of the tests",
          placement: { tag: "bearer" },
          required: false,
        },
      ],
      settings: [],
      operations: ["chat"],
      features: [],
    };
  },

  async start(operation) {
    if (operation.tag !== "chat") return said("it only chats");
    const text = textOf(operation.val);
    switch (operation.val.model) {
      case "explore":
        return said(await report());
      case "print":
        console.log(text);
        return said("printed");
      default:
        return await guarded(() => send(operation.val.model, text));
    }
  },

  /** Every `again` hands over one piece of what is being downloaded. */
  async step() {
    return await guarded(async () => {
      const { done, value } = await reader.read();
      return done ? said("") : [delta(decoder.decode(value, { stream: true })), { tag: "again" }];
    });
  },
};

async function send(method, text) {
  const [url, ...rest] = text.split("\n");
  // The header is one that a client would set from a key of its own.
  const headers = { authorization: "Bearer a-key-of-the-guest", "user-agent": "ported/1.0" };
  const body = rest.length > 0 ? rest.join("\n") : undefined;
  const response = await fetch(url, { method, headers, body });
  reader = response.body?.getReader() ?? { read: async () => ({ done: true }) };
  return [delta(`${response.status} `), { tag: "again" }];
}

/** An exception that nobody catches is a trap, without a message. */
async function guarded(actions) {
  try {
    return await actions();
  } catch (error) {
    return said(`${error.name}: ${error.message}`);
  }
}

function said(text) {
  const finish = { tag: "finish", val: { choice: 0, reason: "stop" } };
  return [delta(text), { tag: "emit", val: { tag: "event", val: finish } }, { tag: "done" }];
}

function delta(text) {
  const event = { tag: "text-delta", val: { choice: 0, part: 0, text } };
  return { tag: "emit", val: { tag: "event", val: event } };
}

function textOf(request) {
  const parts = request.messages.flatMap((message) => message.parts);
  return parts.find((part) => part.content.tag === "text")?.content.val ?? "";
}
