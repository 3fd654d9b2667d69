// The parts of the provider.
#pragma once

#include "tidegate/json.h"
#include "tidegate/tidegate.h"

/// The request's body; says what the dialect has no word for. `false` where the request makes no sense.
bool request_body(const TYPE(chat_request) *request, text *body);

/// A new answer is to be read.
void answer_begin(void);
/// An answer that came at once.
void answer_whole(text document);
/// A piece of a stream, up to `[DONE]`.
void answer_event(text data);
/// The end of a stream.
void answer_end(void);

/// Ends the exchange with what a status of 300 and above means.
bool fail_by_status(const TYPE(response) *response);
/// Ends it with what a document says, where it is an error under status 200: `false` where it is none.
bool fail_by_document(json document);
