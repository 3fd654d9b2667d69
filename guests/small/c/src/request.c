// A request of the contract's as the upstream wants it.

#include "small.h"

static void member(struct writer *body, const char *name) {
  put(body, say(","));
  put_text(body, say(name));
  put(body, say(":"));
}

static void text_member(struct writer *body, const char *name, text value) {
  member(body, name);
  put_text(body, value);
}

static void unknown(const char *subject, bool is_there) {
  if (is_there) warn(subject, join(say("this dialect has no `"), say(subject), say("`"), NOTHING));
}

static void warnings(const TYPE(chat_request) *request) {
  const TYPE(sampling) *sampling = &request->sampling;
  bool is_text = request->response_format.val.tag == CASE(RESPONSE_FORMAT_TEXT);
  unknown("sampling.top-k", sampling->top_k.is_some);
  unknown("sampling.frequency-penalty", sampling->frequency_penalty.is_some);
  unknown("sampling.presence-penalty", sampling->presence_penalty.is_some);
  unknown("sampling.seed", sampling->seed.is_some);
  unknown("sampling.logprobs", sampling->logprobs.is_some);
  unknown("choices", request->choices.is_some && request->choices.val != 1);
  unknown("parallel-tool-calls", request->parallel_tool_calls.is_some);
  unknown("response-format", request->response_format.is_some && !is_text);
  unknown("reasoning", request->reasoning.is_some);
  unknown("service-tier", request->service_tier.is_some);
  unknown("prompt-cache-key", request->prompt_cache_key.is_some);
  unknown("user", request->user.is_some);
  unknown("metadata", request->metadata.len > 0);
  unknown("extra", request->extra.is_some);
}

/// Texts, a line each.
static void add_line(struct writer *lines, size_t *count, text line) {
  if ((*count)++ > 0) put(lines, say("\n"));
  put(lines, line);
}

static void begin_message(struct writer *body, bool *first, const char *role) {
  put(body, say(*first ? "{\"role\":" : ",{\"role\":"));
  put_text(body, say(role));
  *first = false;
}

static void tool_result(struct writer *body, bool *first, const TYPE(tool_result) *result) {
  struct writer lines = {0};
  size_t count = 0;
  for (size_t at = 0; at < result->parts.len; at++) {
    const TYPE(result_part) *part = &result->parts.ptr[at];
    if (part->tag == CASE(RESULT_PART_TEXT)) add_line(&lines, &count, part->val.text);
    else warn("messages", say("results of tools are text here: one that is none is left out"));
  }
  begin_message(body, first, "tool");
  text_member(body, "tool_call_id", result->call_id);
  text_member(body, "content", written(&lines));
  put(body, say("}"));
}

static void tool_call(struct writer *calls, const TYPE(tool_call) *call) {
  put(calls, say(calls->length > 0 ? ",{\"type\":\"function\"" : "{\"type\":\"function\""));
  text_member(calls, "id", call->id);
  member(calls, "function");
  put(calls, say("{\"name\":"));
  put_text(calls, call->name);
  text_member(calls, "arguments", call->arguments);
  put(calls, say("}}"));
}

/// A turn becomes one message for each result of a tool in it, and one for the rest.
static void add(struct writer *body, bool *first, const TYPE(message) *message) {
  static const char *const roles[] = {"system", "system", "user", "assistant", "tool"};
  struct writer lines = {0}, reasoning = {0}, calls = {0};
  size_t texts = 0, thoughts = 0, results = 0;
  for (size_t at = 0; at < message->parts.len; at++) {
    const TYPE(part_content) *content = &message->parts.ptr[at].content;
    switch (content->tag) {
      case CASE(PART_CONTENT_TEXT):
      case CASE(PART_CONTENT_REFUSAL):
        add_line(&lines, &texts, content->val.text);
        break;
      case CASE(PART_CONTENT_REASONING):
        add_line(&reasoning, &thoughts, content->val.reasoning.text);
        break;
      case CASE(PART_CONTENT_TOOL_CALL):
        tool_call(&calls, &content->val.tool_call);
        break;
      case CASE(PART_CONTENT_TOOL_RESULT):
        results++;
        tool_result(body, first, &content->val.tool_result);
        break;
      default:
        warn("messages", say("this dialect has text only: a part of another kind is left out"));
    }
  }
  if (results > 0 && texts == 0) return;
  begin_message(body, first, roles[message->role]);
  text_member(body, "content", written(&lines));
  if (message->name.is_some) text_member(body, "name", message->name.val);
  if (thoughts > 0) text_member(body, "reasoning_content", written(&reasoning));
  if (calls.length > 0) {
    member(body, "tool_calls");
    put(body, say("["));
    put(body, written(&calls));
    put(body, say("]"));
  }
  put(body, say("}"));
}

static bool function(struct writer *tools, const TYPE(function_tool) *tool) {
  json schema = json_read(tool->parameters);
  if (!schema.at) {
    text problem = join(say("the schema of the tool `"), tool->name, say("` is no JSON"), NOTHING);
    return fail(CASE(ERROR_KIND_INVALID_REQUEST), problem);
  }
  put(tools, say(tools->length > 0 ? "," : ""));
  put(tools, say("{\"type\":\"function\",\"function\":{\"name\":"));
  put_text(tools, tool->name);
  if (tool->description.is_some) text_member(tools, "description", tool->description.val);
  member(tools, "parameters");
  put(tools, json_source(schema));
  if (tool->strict.is_some) member(tools, "strict");
  if (tool->strict.is_some) put(tools, say(tool->strict.val ? "true" : "false"));
  put(tools, say("}}"));
  return true;
}

static bool add_tools(struct writer *body, const TYPE(chat_request) *request) {
  struct writer tools = {0};
  for (size_t at = 0; at < request->tools.len; at++) {
    const TYPE(tool) *tool = &request->tools.ptr[at];
    if (tool->tag == CASE(TOOL_FUNCTION)) {
      if (!function(&tools, &tool->val.function)) return false;
    } else {
      warn("tools", join(say("the tool `"), tool->val.other.name, say("` is left out: this dialect has functions only"), NOTHING));
    }
  }
  if (tools.length > 0) {
    member(body, "tools");
    put(body, say("["));
    put(body, written(&tools));
    put(body, say("]"));
  }
  return true;
}

static void add_tool_choice(struct writer *body, const TYPE(tool_choice) *choice) {
  static const char *const words[] = {"auto", "none", "required"};
  if (choice->tag != CASE(TOOL_CHOICE_NAMED)) return text_member(body, "tool_choice", say(words[choice->tag]));
  member(body, "tool_choice");
  put(body, say("{\"type\":\"function\",\"function\":{\"name\":"));
  put_text(body, choice->val.named);
  put(body, say("}}"));
}

static void number_member(struct writer *body, const char *name, bool is_there, double number) {
  if (!is_there) return;
  member(body, name);
  put_number(body, number);
}

static void add_sampling(struct writer *body, const TYPE(sampling) *sampling) {
  number_member(body, "temperature", sampling->temperature.is_some, sampling->temperature.val);
  number_member(body, "top_p", sampling->top_p.is_some, sampling->top_p.val);
  number_member(body, "max_tokens", sampling->max_output_tokens.is_some, sampling->max_output_tokens.val);
  if (sampling->stop.len == 0) return;
  member(body, "stop");
  for (size_t at = 0; at < sampling->stop.len; at++) {
    put(body, say(at == 0 ? "[" : ","));
    put_text(body, sampling->stop.ptr[at]);
  }
  put(body, say("]"));
}

bool request_body(const TYPE(chat_request) *request, text *out) {
  struct writer body = {0};
  bool first = true;
  warnings(request);
  put(&body, say("{\"model\":"));
  put_text(&body, request->model);
  member(&body, "messages");
  put(&body, say("["));
  for (size_t at = 0; at < request->messages.len; at++) add(&body, &first, &request->messages.ptr[at]);
  put(&body, say("]"));
  if (request->stream) put(&body, say(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
  add_sampling(&body, &request->sampling);
  if (!add_tools(&body, request)) return false;
  if (request->tool_choice.is_some) add_tool_choice(&body, &request->tool_choice.val);
  put(&body, say("}"));
  *out = written(&body);
  return true;
}
