// Reads and writes JSON. A value that was read is the piece of text it stands in.
#pragma once

#include "tidegate.h"

/// A value, or nothing: `at` is null. What is asked of nothing, or of another kind of value, is nothing.
typedef struct {
  const uint8_t *at;
  const uint8_t *end;
} json;

/// The value of a text that is JSON, the whole of it, and nested at most 128 deep; else nothing.
json json_read(text text);
/// A member of an object.
json json_get(json object, const char *name);
/// The items of an array, one after the other: begin with a zeroed `at`; at the end it is nothing.
json json_next(json array, json *at);
bool json_is(json value, char kind);
/// Text; `false` and empty where it is none. Half of a surrogate pair becomes U+FFFD.
bool json_text(json value, text *out);
/// A number; `false` where it is none.
bool json_number(json value, double *out);
/// A whole number that fits; else none.
llm_provider_option_u32_t json_u32(json value);
/// The value as it stands.
text json_source(json value);

/// Where JSON is written. It lives until the function returns.
struct writer {
  uint8_t *at;
  size_t length;
  size_t room;
};

/// Writes it as it is.
void put(struct writer *writer, text raw);
/// Writes it as a string.
void put_text(struct writer *writer, text text);
void put_number(struct writer *writer, double number);
text written(const struct writer *writer);
