// What the upstream says of a failure, which wins over its status.

#include "small.h"

static const struct {
  const char *code;
  TYPE(error_kind) kind;
} KINDS[] = {
    {"context_length_exceeded", CASE(ERROR_KIND_CONTEXT_LENGTH_EXCEEDED)},
    {"content_filter", CASE(ERROR_KIND_CONTENT_FILTERED)},
    {"insufficient_quota", CASE(ERROR_KIND_QUOTA_EXCEEDED)},
    {"invalid_api_key", CASE(ERROR_KIND_UNAUTHORIZED)},
    {"authentication_error", CASE(ERROR_KIND_UNAUTHORIZED)},
    {"model_not_found", CASE(ERROR_KIND_NOT_FOUND)},
    {"rate_limit_exceeded", CASE(ERROR_KIND_RATE_LIMITED)},
    {"rate_limit_error", CASE(ERROR_KIND_RATE_LIMITED)},
    {"overloaded_error", CASE(ERROR_KIND_OVERLOADED)},
};

/// The kind that a code or type stands for; `error` keeps the one it has where there is none.
static bool kind_by(text code, TYPE(error) *error) {
  for (size_t at = 0; at < sizeof KINDS / sizeof *KINDS; at++) {
    if (!is(code, KINDS[at].code)) continue;
    error->kind = KINDS[at].kind;
    return true;
  }
  return false;
}

/// Message, code and kind of `{"error": {"message", "type", "code"}}`, as far as they are there.
static void read(json said, TYPE(error) *error) {
  text message, code, type;
  if (json_text(said, &message) || json_text(json_get(said, "message"), &message)) error->message = keep(message);
  json code_said = json_get(said, "code");
  bool has_type = json_text(json_get(said, "type"), &type);
  if (json_text(code_said, &code) || json_is(code_said, 'n') || !code_said.at) {
    if (code.len == 0 && has_type) code = type;
  } else {
    code = json_source(code_said);
  }
  if (code.len > 0) error->code = some_text(code);
  if (!kind_by(code, error)) kind_by(type, error);
}

bool fail_by_status(const TYPE(response) *response) {
  text body = body_of(response);
  TYPE(error) error = {.kind = kind_of(response->status), .retry_after_ms = retry_after(response)};
  error.status.is_some = true;
  error.status.val = response->status;
  read(json_get(json_read(body), "error"), &error);
  if (body.len > 2048) {
    body.len = 2048;
    // Not inside a character.
    while (body.len > 0 && (body.ptr[body.len] & 0xc0) == 0x80) body.len--;
  }
  error.body = some_text(body);
  if (error.message.len == 0)
    error.message = keep(join(say("the upstream answered "), digits(response->status), NOTHING));
  return fail_with(error);
}

bool fail_by_document(json document) {
  json said = json_get(document, "error");
  if (!said.at || json_is(said, 'n')) return false;
  TYPE(error) error = {.kind = CASE(ERROR_KIND_UPSTREAM)};
  read(said, &error);
  if (error.message.len == 0) error.message = keep(say("the upstream failed"));
  fail_with(error);
  return true;
}
