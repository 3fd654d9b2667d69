// Write an LLM provider for Tidegate in C.
//
// You write the three functions below. What is to be done, you say by calling the others, in order; what
// came of it, `provider_step` is told. An instance has one exchange at a time: keep its state in static
// variables, and begin anew in `provider_start`.
//
// Memory: whatever you hand over is copied, and whatever you get (inputs, what `json.h` reads, what `take`
// gives) lives until the function returns. What is to live longer, `keep`.
//
// The types are those of the contract as `wit-bindgen c` writes them, under short names: `TYPE(delta)`,
// `CASE(ROLE_USER)`. `wit/provider.wit` documents each.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "llm_provider.h"

#define TYPE(name) exports_llm_provider_provider_##name##_t
#define CASE(name) EXPORTS_LLM_PROVIDER_PROVIDER_##name

/// Text: UTF-8, not ended by a zero.
typedef llm_provider_string_t text;

// ---- what you write

/// Fills in what the provider is. All of it is zero before; text by `keep`, lists by `list`.
void provider_describe(TYPE(provider_info) *info);
/// Begins an exchange. Reset whatever was kept of the one before.
void provider_start(const TYPE(operation) *operation, const TYPE(context) *context);
/// Takes an input. Failed requests, `again` and unknown inputs do not get here.
void provider_step(const TYPE(input) *input);

// ---- what is to be done

/// Sends a request, of which `method`, `url`, `body` and `delivery` count. The body is JSON.
void fetch(const char *method, text url, const text *body, TYPE(delivery) delivery);
/// Hands a piece of an answer to the caller. One line per case is enough: see below.
void emit(TYPE(stream_event) event);
/// Says that something was asked for and could not be honoured.
void warn(const char *subject, text message);
/// Hands the answer to `check`, `list-models` and the like to the caller. Its memory is given away.
void emit_output(TYPE(output) output);
/// Ends the exchange with an error. It is `false`, for `return fail(…)`; what is said after it is nothing.
bool fail(TYPE(error_kind) kind, text message);
/// The same, with all that is known. Its memory is given away.
bool fail_with(TYPE(error) error);
/// The exchange is complete.
void done(void);

/// Whether the exchange has failed.
bool failed(void);

// ---- the pieces of an answer

/// Numbers the parts of an answer: zero it at the beginning. Pieces of the same kind in a row share a part.
struct parts {
  uint32_t count;
  uint8_t open;
};

void text_delta(struct parts *parts, text piece);
void reasoning_delta(struct parts *parts, text piece);
/// Begins a call and returns its part; where the vendor gave no id, one is made from the seed.
uint32_t tool_call_start(struct parts *parts, text id, text name);
void tool_call_delta(uint32_t part, text piece);
void tool_call_end(uint32_t part);
void finish(TYPE(finish_reason) reason, text raw);

// ---- text and memory

/// Text of a literal, or of anything that ends with a zero.
text say(const char *literal);
/// Several texts as one; the last one has a null pointer: `join(say("a"), b, NOTHING)`.
text join(text first, ...);
#define NOTHING ((text){0})
bool is(text text, const char *literal);
/// A copy that is yours: give it away, or `drop` it.
text keep(text text);
void drop(text *kept);
/// Zeroed memory that is yours, for lists that are given away.
void *list(size_t count, size_t size);
/// Memory until the function returns.
void *take(size_t size);
/// A number as decimal digits.
text digits(uint64_t number);

llm_provider_option_string_t some_text(text text);
llm_provider_option_u32_t some_u32(uint32_t number);
llm_provider_option_f64_t some_f64(double number);

// ---- settings, and answers

/// The value of a setting, kept for the whole exchange.
text setting(const char *name);
/// The body of a whole answer as text.
text body_of(const TYPE(response) *response);
/// The kind of failure that a status alone stands for.
TYPE(error_kind) kind_of(uint16_t status);
/// `retry-after` in milliseconds.
llm_provider_option_u32_t retry_after(const TYPE(response) *response);
