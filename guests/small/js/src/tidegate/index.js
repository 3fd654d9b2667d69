// Write an LLM provider for Tidegate in JavaScript.
//
// A provider is an object with a method per operation, a generator that yields what is to be done; what
// came of it, `yield` gives back:
//
//     const parrot = {
//       describe: () => ({ name: "parrot", … }),
//       *chat(request, context) {
//         const answer = ok(yield fetch(post(URL, { model: request.model })));
//         const choice = new Choice();
//         yield choice.text(load(textOf(answer)).text);
//         yield choice.finish("stop");
//       },
//     };
//     export const provider = component(parrot);
//
// `embed`, `rerank`, `listModels`, `countTokens` and `check` return their one output; those that fetch
// nothing need no generator. `throw new Failure(…)` ends the exchange; any other exception ends it too, as
// an `internal` error that says where it came from.
//
// The values are those of the contract, in JavaScript's spelling: a record is an object, its field
// `max-output-tokens` is `maxOutputTokens` and may be left out where it is an `option`; a variant is
// `{ tag, val }`; an enum is a string. `wit/provider.wit` documents each.

export { Choice, NEXT, event, fetch, log, wait, warn } from "./actions.js";
export { Failure } from "./failure.js";
export { get, kindOf, ok, post, setting, textOf } from "./http.js";
export { load } from "./json.js";
export { Exchange, component } from "./exchange.js";
