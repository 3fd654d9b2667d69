// The provider: what it says of itself, and its operations.

#include "small.h"

static uint8_t operation_tag;

void provider_describe(TYPE(provider_info) *info) {
  static const struct {
    const char *pattern, *reason;
  } wants[] = {
      {"POST {base-url}/chat/completions", "to answer"},
      {"GET {base-url}/models", "to list the models, and to check the key"},
  };
  static const uint8_t operations[] = {CASE(OPERATION_KIND_CHAT), CASE(OPERATION_KIND_LIST_MODELS),
                                       CASE(OPERATION_KIND_CHECK)};
  static const uint8_t features[] = {CASE(FEATURE_STREAMING), CASE(FEATURE_TOOLS), CASE(FEATURE_REASONING)};

  info->name = keep(say("small-c"));
  info->version = keep(say("0.1.0"));
  info->description = keep(say("Speaks a small subset of chat completions, in C"));
  info->vendor = keep(say("Tidegate"));
  info->wants.ptr = list(info->wants.len = 2, sizeof *info->wants.ptr);
  for (size_t at = 0; at < 2; at++) {
    info->wants.ptr[at].pattern = keep(say(wants[at].pattern));
    info->wants.ptr[at].reason = keep(say(wants[at].reason));
  }
  TYPE(credential) *credential = info->credentials.ptr = list(info->credentials.len = 1, sizeof *credential);
  credential->name = keep(say("api-key"));
  credential->description = keep(say("A key of the server's"));
  credential->placement.tag = CASE(PLACEMENT_BEARER);
  credential->environment = some_text(say("SMALL_API_KEY"));
  TYPE(setting_info) *setting = info->settings.ptr = list(info->settings.len = 1, sizeof *setting);
  setting->name = keep(say("base-url"));
  setting->description = keep(say("Where the server is"));
  setting->kind.tag = CASE(SETTING_KIND_URL);
  setting->default_ = some_text(say("https://llm.example.com/v1"));
  info->operations.ptr = keep((text){(uint8_t *)operations, 3}).ptr;
  info->operations.len = 3;
  info->features.ptr = keep((text){(uint8_t *)features, 3}).ptr;
  info->features.len = 3;
}

void provider_start(const TYPE(operation) *operation, const TYPE(context) *context) {
  (void)context;
  operation_tag = operation->tag;
  text base = setting("base-url");
  switch (operation->tag) {
    case CASE(OPERATION_CHAT): {
      text body;
      const TYPE(chat_request) *request = &operation->val.chat;
      answer_begin();
      if (!request_body(request, &body)) return;
      fetch("POST", join(base, say("/chat/completions"), NOTHING), &body,
            request->stream ? CASE(DELIVERY_SERVER_SENT_EVENTS) : CASE(DELIVERY_WHOLE));
      return;
    }
    case CASE(OPERATION_LIST_MODELS):
    case CASE(OPERATION_CHECK):
      return fetch("GET", join(base, say("/models"), NOTHING), NULL, CASE(DELIVERY_WHOLE));
    default:
      fail(CASE(ERROR_KIND_UNSUPPORTED), say("this provider chats, lists its models and checks, and that is all"));
  }
}

/// The next model of a list that has an id.
static bool next_model(json models, json *at, text *id) {
  while (json_next(models, at).at) {
    if (json_text(json_get(*at, "id"), id)) return true;
  }
  return false;
}

static void list_models(json models, uint32_t count) {
  json at = {0};
  text id, owner;
  double created;
  TYPE(output) output = {.tag = CASE(OUTPUT_MODELS)};
  output.val.models.ptr = list(output.val.models.len = count, sizeof *output.val.models.ptr);
  for (TYPE(model_info) *model = output.val.models.ptr; next_model(models, &at, &id); model++) {
    model->id = keep(id);
    if (json_number(json_get(at, "created"), &created)) model->created_ms = some_f64(created * 1000);
    if (json_text(json_get(at, "owned_by"), &owner)) model->owner = some_text(owner);
  }
  emit_output(output);
  done();
}

static void models_came(const TYPE(response) *response) {
  json models = json_get(json_read(body_of(response)), "data"), at = {0};
  if (!json_is(models, '[')) {
    fail(CASE(ERROR_KIND_UPSTREAM), say("the upstream's list of models is none"));
    return;
  }
  uint32_t count = 0;
  for (text id; next_model(models, &at, &id);) count++;
  if (operation_tag == CASE(OPERATION_LIST_MODELS)) return list_models(models, count);
  text message = keep(join(digits(count), say(" models"), NOTHING));
  emit_output((TYPE(output)){CASE(OUTPUT_HEALTH), {.health = {message}}});
  done();
}

void provider_step(const TYPE(input) *input) {
  switch (input->tag) {
    case CASE(INPUT_RESPONSE): {
      const TYPE(response) *response = &input->val.response;
      if (response->status < 200 || response->status >= 300) {
        fail_by_status(response);
      } else if (operation_tag != CASE(OPERATION_CHAT)) {
        models_came(response);
      } else if (response->body.is_some) {
        answer_whole(body_of(response));
      }
      return;
    }
    case CASE(INPUT_FRAMES):
      for (size_t at = 0; at < input->val.frames.len; at++) answer_event(input->val.frames.ptr[at].val.event.data);
      return;
    case CASE(INPUT_END):
      return answer_end();
  }
}
