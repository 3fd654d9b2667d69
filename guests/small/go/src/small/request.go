package small

import (
	"encoding/json"
	"fmt"
	"strings"

	. "wit_component/llm_provider_provider"
	"wit_component/tidegate"
)

type object map[string]any

// A request of the contract's as the upstream wants it. What the dialect has no word for is a warning.
func body(request ChatRequest, io *tidegate.Io) (object, error) {
	for _, unknown := range unknown(request) {
		if unknown.isThere {
			io.Warn(unknown.subject, fmt.Sprintf("this dialect has no `%s`", unknown.subject))
		}
	}
	messages := []object{}
	for _, message := range request.Messages {
		messages = append(messages, turn(message, io)...)
	}
	body := object{"model": request.Model, "messages": messages}
	if request.Stream {
		body["stream"] = true
		body["stream_options"] = object{"include_usage": true}
	}
	sampling := request.Sampling
	if sampling.Temperature.IsSome() {
		body["temperature"] = sampling.Temperature.Some()
	}
	if sampling.TopP.IsSome() {
		body["top_p"] = sampling.TopP.Some()
	}
	if sampling.MaxOutputTokens.IsSome() {
		body["max_tokens"] = sampling.MaxOutputTokens.Some()
	}
	if len(sampling.Stop) > 0 {
		body["stop"] = sampling.Stop
	}
	functions, err := functions(request.Tools, io)
	if len(functions) > 0 {
		body["tools"] = functions
	}
	if request.ToolChoice.IsSome() {
		body["tool_choice"] = choice(request.ToolChoice.Some())
	}
	return body, err
}

type field struct {
	subject string
	isThere bool
}

func unknown(request ChatRequest) []field {
	sampling := request.Sampling
	format := request.ResponseFormat
	return []field{
		{"sampling.top-k", sampling.TopK.IsSome()},
		{"sampling.frequency-penalty", sampling.FrequencyPenalty.IsSome()},
		{"sampling.presence-penalty", sampling.PresencePenalty.IsSome()},
		{"sampling.seed", sampling.Seed.IsSome()},
		{"sampling.logprobs", sampling.Logprobs.IsSome()},
		{"choices", request.Choices.SomeOr(1) != 1},
		{"parallel-tool-calls", request.ParallelToolCalls.IsSome()},
		{"response-format", format.IsSome() && format.Some().Tag() != ResponseFormatText},
		{"reasoning", request.Reasoning.IsSome()},
		{"service-tier", request.ServiceTier.IsSome()},
		{"prompt-cache-key", request.PromptCacheKey.IsSome()},
		{"user", request.User.IsSome()},
		{"metadata", len(request.Metadata) > 0},
		{"extra", request.Extra.IsSome()},
	}
}

var roles = map[Role]string{
	RoleSystem:    "system",
	RoleDeveloper: "system",
	RoleUser:      "user",
	RoleAssistant: "assistant",
	RoleTool:      "tool",
}

// A turn becomes one message for each result of a tool in it, and one for the rest.
func turn(message Message, io *tidegate.Io) (messages []object) {
	var texts, reasoning []string
	var calls []object
	for _, part := range message.Parts {
		content := part.Content
		switch content.Tag() {
		case PartContentText:
			texts = append(texts, content.Text())
		case PartContentRefusal:
			texts = append(texts, content.Refusal())
		case PartContentReasoning:
			reasoning = append(reasoning, content.Reasoning().Text)
		case PartContentToolCall:
			call := content.ToolCall()
			function := object{"name": call.Name, "arguments": call.Arguments}
			calls = append(calls, object{"id": call.Id, "type": "function", "function": function})
		case PartContentToolResult:
			result := content.ToolResult()
			messages = append(messages, object{"role": "tool", "tool_call_id": result.CallId, "content": said(result, io)})
		default:
			io.Warn("messages", "this dialect has text only: a part of another kind is left out")
		}
	}
	if len(messages) > 0 && len(texts) == 0 {
		return messages
	}
	rest := object{"role": roles[message.Role], "content": strings.Join(texts, "\n")}
	if message.Name.IsSome() {
		rest["name"] = message.Name.Some()
	}
	if len(reasoning) > 0 {
		rest["reasoning_content"] = strings.Join(reasoning, "\n")
	}
	if len(calls) > 0 {
		rest["tool_calls"] = calls
	}
	return append(messages, rest)
}

func said(result ToolResult, io *tidegate.Io) string {
	var texts []string
	for _, part := range result.Parts {
		if part.Tag() == ResultPartText {
			texts = append(texts, part.Text())
		} else {
			io.Warn("messages", "results of tools are text here: one that is none is left out")
		}
	}
	return strings.Join(texts, "\n")
}

func functions(tools []Tool, io *tidegate.Io) (functions []object, err error) {
	for _, tool := range tools {
		if tool.Tag() != ToolFunction {
			io.Warn("tools", fmt.Sprintf("the tool `%s` is left out: this dialect has functions only", tool.Other().Name))
			continue
		}
		function := tool.Function()
		if !json.Valid([]byte(function.Parameters)) {
			return nil, tidegate.Fail(ErrorKindInvalidRequest, "the schema of the tool `%s` is no JSON", function.Name)
		}
		definition := object{"name": function.Name, "parameters": json.RawMessage(function.Parameters)}
		if function.Description.IsSome() {
			definition["description"] = function.Description.Some()
		}
		if function.Strict.IsSome() {
			definition["strict"] = function.Strict.Some()
		}
		functions = append(functions, object{"type": "function", "function": definition})
	}
	return functions, nil
}

func choice(choice ToolChoice) any {
	switch choice.Tag() {
	case ToolChoiceAuto:
		return "auto"
	case ToolChoiceNone:
		return "none"
	case ToolChoiceRequired:
		return "required"
	default:
		return object{"type": "function", "function": object{"name": choice.Named()}}
	}
}
