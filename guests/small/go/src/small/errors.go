package small

import (
	"encoding/json"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
)

// What the upstream says of a failure, which wins over its status.
var kinds = map[string]ErrorKind{
	"context_length_exceeded": ErrorKindContextLengthExceeded,
	"content_filter":          ErrorKindContentFiltered,
	"insufficient_quota":      ErrorKindQuotaExceeded,
	"invalid_api_key":         ErrorKindUnauthorized,
	"authentication_error":    ErrorKindUnauthorized,
	"model_not_found":         ErrorKindNotFound,
	"rate_limit_exceeded":     ErrorKindRateLimited,
	"rate_limit_error":        ErrorKindRateLimited,
	"overloaded_error":        ErrorKindOverloaded,
}

// readError puts in message, code and kind of `{"error": {"message", "type", "code"}}`, as far as they are
// there.
func readError(body string, into *Error) {
	var document struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal([]byte(body), &document) == nil {
		readMember(document.Error, into)
	}
}

func readMember(member json.RawMessage, into *Error) {
	var message string
	var error struct {
		Message any             `json:"message"`
		Type    any             `json:"type"`
		Code    json.RawMessage `json:"code"`
	}
	if json.Unmarshal(member, &message) == nil {
		into.Message = message
		return
	}
	if json.Unmarshal(member, &error) != nil {
		return
	}
	if message, is := error.Message.(string); is {
		into.Message = message
	}
	kind, _ := error.Type.(string)
	// A string, or whatever else as it stands.
	code := strings.Trim(string(error.Code), `"`)
	if code == "" || code == "null" {
		code = kind
	}
	if code != "" {
		into.Code = Some(code)
	}
	for _, name := range []string{kind, code} {
		if known, is := kinds[name]; is {
			into.Kind = known
		}
	}
}
