// An answer of the upstream's as events of the contract's, whole or in chunks.

#include "small.h"

#include <stdlib.h>
#include <string.h>

/// A call that has begun.
struct call {
  llm_provider_option_u32_t index;
  text id;
  uint32_t part;
};

static struct parts parts;
static struct call *calls;
static size_t count;
static text reason;
static bool announced, ended;

void answer_begin(void) {
  for (size_t at = 0; at < count; at++) drop(&calls[at].id);
  count = 0;
  drop(&reason);
  parts = (struct parts){0};
  announced = ended = false;
}

static void announce(json chunk) {
  text id, model;
  double created;
  TYPE(answer_info) info = {0};
  bool has_id = json_text(json_get(chunk, "id"), &id), has_model = json_text(json_get(chunk, "model"), &model);
  if (announced || !(has_id || has_model)) return;
  announced = true;
  if (has_id) info.id = some_text(id);
  if (has_model) info.model = some_text(model);
  if (json_number(json_get(chunk, "created"), &created)) info.created_ms = some_f64(created * 1000);
  emit((TYPE(stream_event)){CASE(STREAM_EVENT_ANSWER), {.answer = info}});
}

/// The call that a piece belongs to: the last one of its index, unless it brings another id, because some
/// servers number every call 0. Null where it begins a new one.
static struct call *open_call(llm_provider_option_u32_t index, text id) {
  for (size_t at = count; index.is_some && at-- > 0;) {
    struct call *call = &calls[at];
    if (!call->index.is_some || call->index.val != index.val) continue;
    bool same = call->id.len == id.len && !memcmp(call->id.ptr, id.ptr, id.len);
    return id.len == 0 || same ? call : NULL;
  }
  return NULL;
}

static bool tool_call(json piece) {
  text id, name, arguments;
  json function = json_get(piece, "function");
  llm_provider_option_u32_t index = json_u32(json_get(piece, "index"));
  json_text(json_get(piece, "id"), &id);
  struct call *call = open_call(index, id);
  if (!call) {
    if (!json_text(json_get(function, "name"), &name) || name.len == 0)
      return fail(CASE(ERROR_KIND_UPSTREAM), say("the upstream calls a tool without a name"));
    calls = realloc(calls, (count + 1) * sizeof *calls);
    if (!calls) abort();
    call = &calls[count++];
    *call = (struct call){index, keep(id), tool_call_start(&parts, id, name)};
  }
  if (json_text(json_get(function, "arguments"), &arguments) && arguments.len > 0) tool_call_delta(call->part, arguments);
  return true;
}

static void usage(json said) {
  if (!json_is(said, '{')) return;
  TYPE(usage) usage = {
      .input = json_u32(json_get(said, "prompt_tokens")),
      .output = json_u32(json_get(said, "completion_tokens")),
      .cache_read = json_u32(json_get(json_get(said, "prompt_tokens_details"), "cached_tokens")),
      .reasoning = json_u32(json_get(json_get(said, "completion_tokens_details"), "reasoning_tokens")),
      .raw = some_text(json_source(said)),
  };
  emit((TYPE(stream_event)){CASE(STREAM_EVENT_USAGE), {.usage = usage}});
}

static bool chunk(json chunk, const char *member) {
  if (!chunk.at) return fail(CASE(ERROR_KIND_UPSTREAM), say("the upstream's answer is no JSON"));
  if (fail_by_document(chunk)) return false;
  announce(chunk);
  text said;
  json at = {0}, call = {0};
  json choice = json_next(json_get(chunk, "choices"), &at), delta = json_get(choice, member);
  if (json_text(json_get(delta, "reasoning_content"), &said) && said.len > 0) reasoning_delta(&parts, said);
  if (json_text(json_get(delta, "content"), &said) && said.len > 0) text_delta(&parts, said);
  for (json calls = json_get(delta, "tool_calls"); json_next(calls, &call).at;) {
    if (!tool_call(call)) return false;
  }
  if (json_text(json_get(choice, "finish_reason"), &said) && said.len > 0) {
    drop(&reason);
    reason = keep(said);
  }
  usage(json_get(chunk, "usage"));
  return true;
}

static void finished(void) {
  static const struct {
    const char *raw;
    TYPE(finish_reason) reason;
  } reasons[] = {
      {"stop", CASE(FINISH_REASON_STOP)},
      {"length", CASE(FINISH_REASON_LENGTH)},
      {"tool_calls", CASE(FINISH_REASON_TOOL_CALLS)},
      {"function_call", CASE(FINISH_REASON_TOOL_CALLS)},
      {"content_filter", CASE(FINISH_REASON_CONTENT_FILTER)},
  };
  TYPE(finish_reason) unified = CASE(FINISH_REASON_OTHER);
  for (size_t at = 0; at < sizeof reasons / sizeof *reasons; at++) {
    if (is(reason, reasons[at].raw)) unified = reasons[at].reason;
  }
  for (size_t at = 0; at < count; at++) tool_call_end(calls[at].part);
  finish(unified, reason);
  done();
}

void answer_whole(text document) {
  json read = json_read(document), at = {0};
  json message = json_get(json_next(json_get(read, "choices"), &at), "message");
  if (!chunk(read, "message")) return;
  if (!json_is(message, '{')) {
    fail(CASE(ERROR_KIND_UPSTREAM), say("the upstream's answer has no message"));
    return;
  }
  if (reason.len == 0) reason = keep(say("stop"));
  finished();
}

void answer_event(text data) {
  if (ended || failed()) return;
  if (is(data, "[DONE]")) return answer_end();
  chunk(json_read(data), "delta");
}

void answer_end(void) {
  ended = true;
  if (reason.len > 0) return finished();
  fail(CASE(ERROR_KIND_UPSTREAM), say("the stream ended without a finish reason"));
}
