package tidegate

import (
	"encoding/json"
	"strconv"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
)

// Post is a `POST` of a JSON body.
func Post(url string, body any, delivery Delivery) (HttpRequest, error) {
	text, err := json.Marshal(body)
	return HttpRequest{
		Method:   "POST",
		Url:      url,
		Headers:  []Header{{Name: "content-type", Value: "application/json"}},
		Body:     Some(MakeContentText(string(text))),
		Delivery: delivery,
	}, err
}

// Get is a `GET` whose answer is wanted whole.
func Get(url string) HttpRequest {
	return HttpRequest{Method: "GET", Url: url, Delivery: DeliveryWhole}
}

// KindOf is the kind of failure that a status alone stands for.
func KindOf(status uint16) ErrorKind {
	switch {
	case status == 401:
		return ErrorKindUnauthorized
	case status == 402:
		return ErrorKindQuotaExceeded
	case status == 403:
		return ErrorKindForbidden
	case status == 404 || status == 410:
		return ErrorKindNotFound
	case status == 408:
		return ErrorKindTimeout
	case status == 429:
		return ErrorKindRateLimited
	case status == 503 || status == 529:
		return ErrorKindOverloaded
	case status >= 400 && status < 500:
		return ErrorKindInvalidRequest
	default:
		return ErrorKindUpstream
	}
}

// Ok is nil below status 300, else the failure that the status means. `read` puts in what the vendor's
// body says, where it says more.
func (answer *Answer) Ok(read func(body string, into *Error)) error {
	if answer.Status >= 200 && answer.Status < 300 {
		return nil
	}
	body := answer.Text()
	failure := Fail(KindOf(answer.Status), "the upstream answered %d: %s", answer.Status, cut(body, 200))
	failure.Details.Status = Some(answer.Status)
	failure.Details.Body = Some(cut(body, 2048))
	failure.Details.RetryAfterMs = answer.retryAfter()
	read(body, &failure.Details)
	return failure
}

func (answer *Answer) retryAfter() Option[uint32] {
	for _, header := range answer.Headers {
		seconds, err := strconv.ParseFloat(strings.TrimSpace(header.Value), 64)
		if header.Name == "retry-after" && err == nil && seconds >= 0 && seconds < 1e6 {
			return Some(uint32(seconds*1000 + 0.5))
		}
	}
	return None[uint32]()
}

// cut leaves at most so many bytes, and no half of a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
