// Reading goes over the text without a tree, and without recursion: depth costs no stack.

#include "json.h"

#include <string.h>

#define DEEPEST 128

static const uint8_t *space(const uint8_t *at, const uint8_t *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

static bool is_digit(const uint8_t *at, const uint8_t *end) { return at < end && *at >= '0' && *at <= '9'; }

static int hex(uint8_t digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  digit |= 0x20;
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/// Past a string, or null.
static const uint8_t *past_string(const uint8_t *at, const uint8_t *end) {
  for (at++; at < end; at++) {
    if (*at == '"') return at + 1;
    if (*at < 0x20) return NULL;
    if (*at != '\\') continue;
    if (++at == end || !memchr("\"\\/bfnrtu", *at, 9)) return NULL;
    if (*at == 'u') {
      if (end - at < 5) return NULL;
      for (int digit = 1; digit <= 4; digit++) {
        if (hex(at[digit]) < 0) return NULL;
      }
      at += 4;
    }
  }
  return NULL;
}

/// Past a number, or null.
static const uint8_t *past_number(const uint8_t *at, const uint8_t *end) {
  if (*at == '-') at++;
  if (!is_digit(at, end)) return NULL;
  if (*at++ != '0') {
    while (is_digit(at, end)) at++;
  }
  if (at < end && *at == '.') {
    if (!is_digit(++at, end)) return NULL;
    while (is_digit(at, end)) at++;
  }
  if (at < end && (*at | 0x20) == 'e') {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    if (!is_digit(at, end)) return NULL;
    while (is_digit(at, end)) at++;
  }
  return at;
}

/// Past what is neither object nor array, or null.
static const uint8_t *past_scalar(const uint8_t *at, const uint8_t *end) {
  static const char *const words[] = {"true", "false", "null"};
  if (*at == '"') return past_string(at, end);
  for (int word = 0; word < 3; word++) {
    size_t length = strlen(words[word]);
    if ((size_t)(end - at) >= length && !memcmp(at, words[word], length)) return at + length;
  }
  return past_number(at, end);
}

/// Past a value and all that is in it, or null where it is not valid.
static const uint8_t *past(const uint8_t *at, const uint8_t *end) {
  uint8_t open[DEEPEST];
  int depth = 0;
  for (;;) {
    // A value begins here, or an empty object or array ends.
    at = space(at, end);
    if (at == end) return NULL;
    if (*at == '{' || *at == '[') {
      if (depth == DEEPEST) return NULL;
      open[depth++] = *at + 2;
      at = space(at + 1, end);
      if (at == end) return NULL;
      if (*at != open[depth - 1]) goto member;
      at++;
      depth--;
    } else if (!(at = past_scalar(at, end))) {
      return NULL;
    }
    // A value has ended: so may what it is in.
    for (;;) {
      if (depth == 0) return at;
      at = space(at, end);
      if (at == end) return NULL;
      if (*at != open[depth - 1]) break;
      at++;
      depth--;
    }
    if (*at++ != ',') return NULL;
  member:
    if (open[depth - 1] == '}') {
      at = space(at, end);
      if (at == end || *at != '"' || !(at = past_string(at, end))) return NULL;
      at = space(at, end);
      if (at == end || *at++ != ':') return NULL;
    }
  }
}

json json_read(text text) {
  const uint8_t *end = text.ptr + text.len;
  const uint8_t *at = space(text.ptr, end);
  const uint8_t *after = text.len > 0 ? past(at, end) : NULL;
  if (!after || space(after, end) != end) return (json){0};
  return (json){at, after};
}

bool json_is(json value, char kind) { return value.at && *value.at == (uint8_t)kind; }

text json_source(json value) { return (text){(uint8_t *)value.at, (size_t)(value.end - value.at)}; }

json json_get(json object, const char *name) {
  if (!json_is(object, '{')) return (json){0};
  const uint8_t *at = space(object.at + 1, object.end);
  while (*at == '"') {
    json key = {at, past_string(at, object.end)};
    at = space(space(key.end, object.end) + 1, object.end);
    json value = {at, past(at, object.end)};
    text written;
    // Most keys have no escapes and another length.
    if (json_text(key, &written) && is(written, name)) return value;
    at = space(value.end, object.end);
    if (*at == ',') at = space(at + 1, object.end);
  }
  return (json){0};
}

json json_next(json array, json *at) {
  if (!json_is(array, '[')) return (json){0};
  const uint8_t *next = space(at->at ? at->end : array.at + 1, array.end);
  if (at->at && *next == ',') next = space(next + 1, array.end);
  if (*next == ']') return *at = (json){0};
  return *at = (json){next, past(next, array.end)};
}

static uint32_t unit(const uint8_t *at) {
  return (uint32_t)(hex(at[0]) << 12 | hex(at[1]) << 8 | hex(at[2]) << 4 | hex(at[3]));
}

static uint8_t *encode(uint8_t *into, uint32_t character) {
  if (character < 0x80) {
    *into++ = (uint8_t)character;
  } else if (character < 0x800) {
    *into++ = (uint8_t)(0xc0 | character >> 6);
    *into++ = (uint8_t)(0x80 | (character & 0x3f));
  } else if (character < 0x10000) {
    *into++ = (uint8_t)(0xe0 | character >> 12);
    *into++ = (uint8_t)(0x80 | (character >> 6 & 0x3f));
    *into++ = (uint8_t)(0x80 | (character & 0x3f));
  } else {
    *into++ = (uint8_t)(0xf0 | character >> 18);
    *into++ = (uint8_t)(0x80 | (character >> 12 & 0x3f));
    *into++ = (uint8_t)(0x80 | (character >> 6 & 0x3f));
    *into++ = (uint8_t)(0x80 | (character & 0x3f));
  }
  return into;
}

bool json_text(json value, text *out) {
  *out = NOTHING;
  if (!json_is(value, '"')) return false;
  const uint8_t *at = value.at + 1, *end = value.end - 1;
  if (!memchr(at, '\\', (size_t)(end - at))) {
    *out = (text){(uint8_t *)at, (size_t)(end - at)};
    return true;
  }
  // No escape is shorter than what it stands for.
  uint8_t *into = out->ptr = take((size_t)(end - at));
  while (at < end) {
    if (*at != '\\') {
      *into++ = *at++;
      continue;
    }
    const char *escape = memchr("b\bf\fn\nr\rt\t", at[1], 10);
    if (at[1] != 'u') {
      *into++ = escape ? (uint8_t)escape[1] : at[1];
      at += 2;
      continue;
    }
    uint32_t character = unit(at + 2);
    at += 6;
    bool pair = character >= 0xd800 && character < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u';
    uint32_t low = pair ? unit(at + 2) : 0;
    if (low >= 0xdc00 && low < 0xe000) {
      character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
      at += 6;
    } else if (character >= 0xd800 && character < 0xe000) {
      character = 0xfffd;
    }
    into = encode(into, character);
  }
  out->len = (size_t)(into - out->ptr);
  return true;
}

bool json_number(json value, double *out) {
  *out = 0;
  if (!value.at || !(*value.at == '-' || is_digit(value.at, value.end))) return false;
  const uint8_t *at = value.at + (*value.at == '-');
  int exponent = 0;
  for (; is_digit(at, value.end); at++) *out = *out * 10 + (*at - '0');
  if (at < value.end && *at == '.') {
    for (at++; is_digit(at, value.end); at++, exponent--) *out = *out * 10 + (*at - '0');
  }
  if (at < value.end) {
    int sign = *++at == '-' ? -1 : 1, said = 0;
    for (at += *at == '-' || *at == '+'; is_digit(at, value.end); at++) said = said < 9999 ? said * 10 + (*at - '0') : said;
    exponent += sign * said;
  }
  double power = 1;
  for (int left = exponent < 0 ? -exponent : exponent; left > 0 && power < 1e300; left--) power *= 10;
  *out = exponent < 0 ? *out / power : *out * power;
  if (*value.at == '-') *out = -*out;
  return true;
}

llm_provider_option_u32_t json_u32(json value) {
  double number;
  bool fits = json_number(value, &number) && number >= 0 && number <= UINT32_MAX && number == (uint32_t)number;
  return (llm_provider_option_u32_t){fits, fits ? (uint32_t)number : 0};
}

void put(struct writer *writer, text raw) {
  if (writer->length + raw.len > writer->room) {
    size_t room = (writer->length + raw.len) * 2 + 256;
    uint8_t *more = take(room);
    if (writer->length) memcpy(more, writer->at, writer->length);
    writer->at = more;
    writer->room = room;
  }
  if (raw.len) memcpy(writer->at + writer->length, raw.ptr, raw.len);
  writer->length += raw.len;
}

void put_text(struct writer *writer, text raw) {
  put(writer, say("\""));
  size_t from = 0;
  for (size_t at = 0; at <= raw.len; at++) {
    if (at < raw.len && raw.ptr[at] >= 0x20 && raw.ptr[at] != '"' && raw.ptr[at] != '\\') continue;
    put(writer, (text){raw.ptr + from, at - from});
    from = at + 1;
    if (at == raw.len) break;
    uint8_t byte = raw.ptr[at];
    uint8_t escape[6] = {'\\', 'u', '0', '0', "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
    if (byte >= 0x20) escape[1] = byte;
    put(writer, (text){escape, byte >= 0x20 ? 2 : 6});
  }
  put(writer, say("\""));
}

void put_number(struct writer *writer, double number) {
  if (number < 0) put(writer, say("-"));
  if (number < 0) number = -number;
  // As few decimals as bring the same number back; a quotient of two exact numbers is rounded right.
  double power = 1;
  int decimals = 0;
  uint64_t whole = (uint64_t)(number + 0.5);
  while (decimals < 15 && number < 1e15 && (double)whole / power != number && number * power < 1e15) {
    power *= 10;
    decimals++;
    whole = (uint64_t)(number * power + 0.5);
  }
  text all = digits(whole / (uint64_t)power);
  put(writer, all);
  if (decimals == 0) return;
  put(writer, say("."));
  text fraction = digits(whole % (uint64_t)power);
  for (size_t zeros = fraction.len; zeros < (size_t)decimals; zeros++) put(writer, say("0"));
  put(writer, fraction);
}

text written(const struct writer *writer) { return (text){writer->at, writer->length}; }
