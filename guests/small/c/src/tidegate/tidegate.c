// Between what `wit-bindgen c` calls and what a provider's author writes.

#include "tidegate.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

// ---- the exchange

static TYPE(action) *actions;
static size_t count, room;
static bool has_failed;
static TYPE(list_setting) settings;
static uint32_t seed;

/// Blocks that live until the function returns.
struct block {
  struct block *before;
};
static struct block *taken;

static TYPE(action) *act(uint8_t tag) {
  static TYPE(action) nothing;
  if (has_failed) return &nothing;
  if (count == room) {
    room = room * 2 + 8;
    actions = realloc(actions, room * sizeof *actions);
    if (!actions) abort();
  }
  TYPE(action) *action = &actions[count++];
  memset(action, 0, sizeof *action);
  action->tag = tag;
  return action;
}

/// Gives the actions away, and everything else back.
static void hand_over(TYPE(list_action) *out) {
  *out = (TYPE(list_action)){actions, count};
  actions = NULL;
  count = room = 0;
  while (taken) {
    struct block *block = taken;
    taken = block->before;
    free(block);
  }
}

void exports_llm_provider_provider_describe(TYPE(provider_info) *info) {
  memset(info, 0, sizeof *info);
  provider_describe(info);
}

bool exports_llm_provider_provider_start(TYPE(operation) *operation, TYPE(context) *context, TYPE(list_action) *out,
                                         TYPE(error) *error) {
  (void)error;
  has_failed = false;
  exports_llm_provider_provider_list_setting_free(&settings);
  settings = context->settings;
  context->settings = (TYPE(list_setting)){0};
  seed = context->seed;
  provider_start(operation, context);
  exports_llm_provider_provider_operation_free(operation);
  exports_llm_provider_provider_context_free(context);
  hand_over(out);
  return true;
}

bool exports_llm_provider_provider_step(TYPE(input) *input, TYPE(list_action) *out, TYPE(error) *error) {
  (void)error;
  static const TYPE(error_kind) kinds[] = {CASE(ERROR_KIND_DENIED), CASE(ERROR_KIND_INTERNAL),
                                           CASE(ERROR_KIND_UNREACHABLE), CASE(ERROR_KIND_TIMEOUT)};
  switch (input->tag) {
    case CASE(INPUT_AGAIN):
    case CASE(INPUT_OTHER):
      break;
    case CASE(INPUT_FAILED): {
      uint8_t kind = input->val.failed.kind;
      fail(kind < 4 ? kinds[kind] : CASE(ERROR_KIND_UPSTREAM), input->val.failed.message);
      break;
    }
    default:
      provider_step(input);
  }
  exports_llm_provider_provider_input_free(input);
  hand_over(out);
  return true;
}

// ---- what is to be done

void fetch(const char *method, text url, const text *body, TYPE(delivery) delivery) {
  if (has_failed) return;
  TYPE(http_request) *request = &act(CASE(ACTION_FETCH))->val.fetch;
  request->method = keep(say(method));
  request->url = keep(url);
  request->delivery = delivery;
  if (!body) return;
  request->body.is_some = true;
  request->body.val.val.text = keep(*body);
  request->headers.ptr = list(request->headers.len = 1, sizeof *request->headers.ptr);
  request->headers.ptr->name = keep(say("content-type"));
  request->headers.ptr->value = keep(say("application/json"));
}

void emit_output(TYPE(output) output) {
  if (has_failed) return exports_llm_provider_provider_output_free(&output);
  act(CASE(ACTION_EMIT))->val.emit = output;
}

void emit(TYPE(stream_event) event) { emit_output((TYPE(output)){CASE(OUTPUT_EVENT), {.event = event}}); }

void warn(const char *subject, text message) {
  TYPE(warning) warning = {some_text(say(subject)), keep(message)};
  emit((TYPE(stream_event)){CASE(STREAM_EVENT_WARNING), {.warning = warning}});
}

bool fail_with(TYPE(error) error) {
  if (has_failed) {
    exports_llm_provider_provider_error_free(&error);
    return false;
  }
  act(CASE(ACTION_FAIL))->val.fail = error;
  has_failed = true;
  return false;
}

bool fail(TYPE(error_kind) kind, text message) { return fail_with((TYPE(error)){.kind = kind, .message = keep(message)}); }

void done(void) { act(CASE(ACTION_DONE)); }

bool failed(void) { return has_failed; }

// ---- the pieces of an answer

static void delta(uint8_t tag, uint32_t part, text piece) {
  // All deltas have the same form.
  emit((TYPE(stream_event)){tag, {.text_delta = {0, part, keep(piece)}}});
}

static void continued(struct parts *parts, uint8_t tag, text piece) {
  if (parts->count == 0 || parts->open != tag) parts->count++;
  parts->open = tag;
  delta(tag, parts->count - 1, piece);
}

void text_delta(struct parts *parts, text piece) { continued(parts, CASE(STREAM_EVENT_TEXT_DELTA), piece); }

void reasoning_delta(struct parts *parts, text piece) { continued(parts, CASE(STREAM_EVENT_REASONING_DELTA), piece); }

uint32_t tool_call_start(struct parts *parts, text id, text name) {
  uint32_t part = parts->count++;
  parts->open = CASE(STREAM_EVENT_TOOL_CALL_START);
  if (id.len == 0) {
    uint8_t digit[8];
    for (int at = 0; at < 8; at++) digit[at] = (uint8_t)"0123456789abcdef"[seed >> (28 - 4 * at) & 15];
    id = join(say("call_"), (text){digit, 8}, say("_0_"), digits(part), NOTHING);
  }
  TYPE(tool_call_start) start = {0, part, keep(id), keep(name)};
  emit((TYPE(stream_event)){CASE(STREAM_EVENT_TOOL_CALL_START), {.tool_call_start = start}});
  return part;
}

void tool_call_delta(uint32_t part, text piece) { delta(CASE(STREAM_EVENT_TOOL_CALL_DELTA), part, piece); }

void tool_call_end(uint32_t part) {
  emit((TYPE(stream_event)){CASE(STREAM_EVENT_TOOL_CALL_END), {.tool_call_end = {0, part}}});
}

void finish(TYPE(finish_reason) reason, text raw) {
  emit((TYPE(stream_event)){CASE(STREAM_EVENT_FINISH), {.finish = {0, reason, some_text(raw)}}});
}

// ---- text and memory

text say(const char *literal) { return (text){(uint8_t *)literal, strlen(literal)}; }

bool is(text text, const char *literal) {
  return text.len == strlen(literal) && (text.len == 0 || !memcmp(text.ptr, literal, text.len));
}

text join(text first, ...) {
  struct writer all = {0};
  va_list rest;
  va_start(rest, first);
  for (text next = first; next.ptr; next = va_arg(rest, text)) put(&all, next);
  va_end(rest);
  return written(&all);
}

void *list(size_t count, size_t size) {
  void *made = calloc(count ? count : 1, size);
  if (!made) abort();
  return made;
}

text keep(text kept) {
  if (kept.len == 0) return NOTHING;
  return (text){memcpy(list(kept.len, 1), kept.ptr, kept.len), kept.len};
}

void drop(text *kept) {
  free(kept->ptr);
  *kept = NOTHING;
}

void *take(size_t size) {
  struct block *block = list(1, sizeof *block + size);
  block->before = taken;
  taken = block;
  return block + 1;
}

text digits(uint64_t number) {
  uint8_t *end = (uint8_t *)take(20) + 20, *at = end;
  do *--at = (uint8_t)('0' + number % 10);
  while (number /= 10);
  return (text){at, (size_t)(end - at)};
}

llm_provider_option_string_t some_text(text text) { return (llm_provider_option_string_t){true, keep(text)}; }

llm_provider_option_u32_t some_u32(uint32_t number) { return (llm_provider_option_u32_t){true, number}; }

llm_provider_option_f64_t some_f64(double number) { return (llm_provider_option_f64_t){true, number}; }

// ---- settings, and answers

text setting(const char *name) {
  for (size_t at = 0; at < settings.len; at++) {
    if (is(settings.ptr[at].name, name)) return settings.ptr[at].value;
  }
  return say("");
}

text body_of(const TYPE(response) *response) {
  // What is not UTF-8 is no text of any vendor's.
  bool is_text = response->body.is_some && response->body.val.tag == CASE(CONTENT_TEXT);
  return is_text ? response->body.val.val.text : say("");
}

TYPE(error_kind) kind_of(uint16_t status) {
  switch (status) {
    case 401: return CASE(ERROR_KIND_UNAUTHORIZED);
    case 402: return CASE(ERROR_KIND_QUOTA_EXCEEDED);
    case 403: return CASE(ERROR_KIND_FORBIDDEN);
    case 404:
    case 410: return CASE(ERROR_KIND_NOT_FOUND);
    case 408: return CASE(ERROR_KIND_TIMEOUT);
    case 429: return CASE(ERROR_KIND_RATE_LIMITED);
    case 503:
    case 529: return CASE(ERROR_KIND_OVERLOADED);
    default: return status >= 400 && status < 500 ? CASE(ERROR_KIND_INVALID_REQUEST) : CASE(ERROR_KIND_UPSTREAM);
  }
}

llm_provider_option_u32_t retry_after(const TYPE(response) *response) {
  double seconds;
  for (size_t at = 0; at < response->headers.len; at++) {
    const TYPE(header) *header = &response->headers.ptr[at];
    if (is(header->name, "retry-after") && json_number(json_read(header->value), &seconds) && seconds >= 0 && seconds < 1e6)
      return some_u32((uint32_t)(seconds * 1000 + 0.5));
  }
  return (llm_provider_option_u32_t){0};
}
