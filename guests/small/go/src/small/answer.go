package small

import (
	"encoding/json"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
	"wit_component/tidegate"
)

// A document, or a piece of a stream. Of the dialect's members those that are read.
type chunk struct {
	Id      string          `json:"id"`
	Model   string          `json:"model"`
	Created *float64        `json:"created"`
	Error   json.RawMessage `json:"error"`
	Usage   json.RawMessage `json:"usage"`
	Choices []struct {
		Message      *delta `json:"message"`
		Delta        *delta `json:"delta"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
}

type delta struct {
	Content          string `json:"content"`
	ReasoningContent string `json:"reasoning_content"`
	ToolCalls        []struct {
		Index    *uint32 `json:"index"`
		Id       string  `json:"id"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

// An answer of the upstream's as events of the contract's, whole or in chunks.
type answer struct {
	choice    tidegate.Choice
	calls     []call
	announced bool
	reason    string
}

// A call that has begun.
type call struct {
	index *uint32
	id    string
	*tidegate.OpenCall
}

func (answer *answer) whole(text string) error {
	chunk, err := answer.chunk(text)
	if err != nil {
		return err
	}
	if len(chunk.Choices) == 0 || chunk.Choices[0].Message == nil {
		return tidegate.Fail(ErrorKindUpstream, "the upstream's answer has no message")
	}
	if answer.reason == "" {
		answer.reason = "stop"
	}
	return nil
}

func (answer *answer) stream(response *tidegate.Answer) error {
	for frame := range response.Frames() {
		data := frame.Event().Data
		if data == "[DONE]" {
			return nil
		}
		if _, err := answer.chunk(data); err != nil {
			return err
		}
	}
	return response.Err()
}

func (answer *answer) chunk(text string) (chunk, error) {
	var read chunk
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		return read, tidegate.Fail(ErrorKindUpstream, "the upstream's answer is no JSON of the dialect: %s", err)
	}
	if is(read.Error) {
		failure := tidegate.Fail(ErrorKindUpstream, "the upstream failed")
		readMember(read.Error, &failure.Details)
		return read, failure
	}
	answer.announce(read)
	if len(read.Choices) > 0 {
		choice := read.Choices[0]
		for _, delta := range []*delta{choice.Delta, choice.Message} {
			if err := answer.delta(delta); err != nil {
				return read, err
			}
		}
		if choice.FinishReason != "" {
			answer.reason = choice.FinishReason
		}
	}
	if is(read.Usage) {
		answer.choice.Io.Emit(MakeStreamEventUsage(usage(read.Usage)))
	}
	return read, nil
}

// Whether a member is there and is not null.
func is(member json.RawMessage) bool {
	return len(member) > 0 && string(member) != "null"
}

func (answer *answer) announce(read chunk) {
	if answer.announced || (read.Id == "" && read.Model == "") {
		return
	}
	answer.announced = true
	info := AnswerInfo{Id: some(read.Id), Model: some(read.Model)}
	if read.Created != nil {
		info.CreatedMs = Some(*read.Created * 1000)
	}
	answer.choice.Io.Emit(MakeStreamEventAnswer(info))
}

func some(text string) Option[string] {
	if text == "" {
		return None[string]()
	}
	return Some(text)
}

func (answer *answer) delta(delta *delta) error {
	if delta == nil {
		return nil
	}
	if delta.ReasoningContent != "" {
		answer.choice.Reasoning(delta.ReasoningContent)
	}
	if delta.Content != "" {
		answer.choice.Text(delta.Content)
	}
	for _, piece := range delta.ToolCalls {
		open := answer.open(piece.Index, piece.Id)
		if open == nil {
			if piece.Function.Name == "" {
				return tidegate.Fail(ErrorKindUpstream, "the upstream calls a tool without a name")
			}
			begun := answer.choice.ToolCall(piece.Id, piece.Function.Name)
			answer.calls = append(answer.calls, call{piece.Index, piece.Id, begun})
			open = begun
		}
		if piece.Function.Arguments != "" {
			open.Delta(piece.Function.Arguments)
		}
	}
	return nil
}

// The call that a piece belongs to: the last one of its index, unless it brings another id, because some
// servers number every call 0.
func (answer *answer) open(index *uint32, id string) *tidegate.OpenCall {
	for at := len(answer.calls) - 1; at >= 0 && index != nil; at-- {
		call := answer.calls[at]
		if call.index == nil || *call.index != *index {
			continue
		}
		if id != "" && id != call.id {
			return nil
		}
		return call.OpenCall
	}
	return nil
}

func (answer *answer) finish() error {
	reasons := map[string]FinishReason{
		"stop":           FinishReasonStop,
		"length":         FinishReasonLength,
		"tool_calls":     FinishReasonToolCalls,
		"function_call":  FinishReasonToolCalls,
		"content_filter": FinishReasonContentFilter,
	}
	if answer.reason == "" {
		return tidegate.Fail(ErrorKindUpstream, "the stream ended without a finish reason")
	}
	for _, call := range answer.calls {
		call.End()
	}
	reason, known := reasons[answer.reason]
	if !known {
		reason = FinishReasonOther
	}
	answer.choice.Finish(reason, answer.reason)
	return nil
}

func usage(raw json.RawMessage) Usage {
	var said struct {
		PromptTokens        *uint32 `json:"prompt_tokens"`
		CompletionTokens    *uint32 `json:"completion_tokens"`
		PromptTokensDetails struct {
			CachedTokens *uint32 `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
		CompletionTokensDetails struct {
			ReasoningTokens *uint32 `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
	}
	// Figures that are none are absent; what the vendor says is there as it stands.
	_ = json.Unmarshal(raw, &said)
	return Usage{
		Input:     number(said.PromptTokens),
		Output:    number(said.CompletionTokens),
		CacheRead: number(said.PromptTokensDetails.CachedTokens),
		Reasoning: number(said.CompletionTokensDetails.ReasoningTokens),
		Raw:       Some(string(raw)),
	}
}

func number(number *uint32) Option[uint32] {
	if number == nil {
		return None[uint32]()
	}
	return Some(*number)
}
