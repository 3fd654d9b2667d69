package tidegate

import (
	"fmt"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
)

// Choice numbers the parts of one answer. Pieces of the same kind in a row share a part.
type Choice struct {
	Io    *Io
	Index uint32
	parts uint32
	open  uint8
}

// Text is more text.
func (choice *Choice) Text(text string) {
	choice.Io.Emit(MakeStreamEventTextDelta(choice.delta(StreamEventTextDelta, text)))
}

// Reasoning is more reasoning.
func (choice *Choice) Reasoning(text string) {
	choice.Io.Emit(MakeStreamEventReasoningDelta(choice.delta(StreamEventReasoningDelta, text)))
}

// ToolCall begins a call; where the vendor gave no id, one is made from the seed.
func (choice *Choice) ToolCall(id, name string) *OpenCall {
	part := choice.begin(StreamEventToolCallStart)
	if id == "" {
		id = fmt.Sprintf("call_%08x_%d_%d", choice.Io.Context.Seed, choice.Index, part)
	}
	start := ToolCallStart{Choice: choice.Index, Part: part, Id: id, Name: name}
	choice.Io.Emit(MakeStreamEventToolCallStart(start))
	return &OpenCall{choice, part}
}

// Finish says why the answer ends.
func (choice *Choice) Finish(reason FinishReason, raw string) {
	choice.Io.Emit(MakeStreamEventFinish(Finish{Choice: choice.Index, Reason: reason, Raw: Some(raw)}))
}

func (choice *Choice) delta(kind uint8, text string) Delta {
	part := choice.parts - 1
	if choice.parts == 0 || choice.open != kind {
		part = choice.begin(kind)
	}
	return Delta{Choice: choice.Index, Part: part, Text: text}
}

func (choice *Choice) begin(kind uint8) uint32 {
	choice.open = kind
	choice.parts++
	return choice.parts - 1
}

// OpenCall is a call that has begun.
type OpenCall struct {
	choice *Choice
	part   uint32
}

// Delta is more of its arguments.
func (call *OpenCall) Delta(text string) {
	delta := Delta{Choice: call.choice.Index, Part: call.part, Text: text}
	call.choice.Io.Emit(MakeStreamEventToolCallDelta(delta))
}

// End says that its arguments are complete.
func (call *OpenCall) End() {
	call.choice.Io.Emit(MakeStreamEventToolCallEnd(PartIndex{Choice: call.choice.Index, Part: call.part}))
}
