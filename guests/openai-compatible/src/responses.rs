//! OpenAI's Responses API: items in, items out.
//!
//! <https://platform.openai.com/docs/api-reference/responses>
//!
//! Nothing is left with the vendor (`store: false`): the whole conversation goes with every request,
//! and what the vendor must see again of its own answers travels with the parts.
//!
//! | item of an answer | becomes | is handed back as |
//! |---|---|---|
//! | `message` | text and refusal parts, sources | a `message`, with its `phase` |
//! | `reasoning` | a reasoning part; `encrypted_content` is its `redacted` | a `reasoning` item |
//! | `function_call`, `custom_tool_call` | a tool call | the same, and its output |
//! | `image_generation_call` | a file | the same |
//! | any other: what tools did that the vendor runs, compaction | a `raw` event, and [`state`] | itself |

mod request;
mod answer;
mod state;

pub use answer::read;
pub use request::{Body, Extra, Thinking, is_only_here};
