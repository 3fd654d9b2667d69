package tidegate

import (
	"iter"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
)

// Io is how a provider has things done. Context has the time, a seed and the settings.
type Io struct {
	Context Context
	yield   func(Action) bool
	input   Input
}

// Fetch sends a request. A request that failed is a Failure of the kind that the contract wants.
func (io *Io) Fetch(request HttpRequest) (*Answer, error) {
	io.do(MakeActionFetch(request))
	if err := io.failed(); err != nil {
		return nil, err
	}
	return &Answer{Response: io.input.Response(), io: io}, nil
}

// Wait lets milliseconds pass.
func (io *Io) Wait(milliseconds uint32) {
	io.do(MakeActionWait(milliseconds))
}

// Emit hands a piece of an answer to the caller.
func (io *Io) Emit(event StreamEvent) {
	io.do(MakeActionEmit(MakeOutputEvent(event)))
}

// Warn says that something was asked for and could not be honoured.
func (io *Io) Warn(subject, message string) {
	io.Emit(MakeStreamEventWarning(Warning{Subject: Some(subject), Message: message}))
}

// Log writes to the operator's log. Never put request content in it.
func (io *Io) Log(level LogLevel, message string) {
	io.do(MakeActionLog(LogRecord{Level: level, Message: message}))
}

// Setting is the value of a setting.
func (io *Io) Setting(name string) string {
	for _, setting := range io.Context.Settings {
		if setting.Name == name {
			return setting.Value
		}
	}
	return ""
}

func (io *Io) do(action Action) {
	if !io.yield(action) {
		panic(abandoned)
	}
}

func (io *Io) failed() error {
	if io.input.Tag() != InputFailed {
		return nil
	}
	failure := io.input.Failed()
	kinds := map[FetchFailureKind]ErrorKind{
		FetchFailureKindDenied:         ErrorKindDenied,
		FetchFailureKindInvalidRequest: ErrorKindInternal,
		FetchFailureKindUnreachable:    ErrorKindUnreachable,
		FetchFailureKindTimeout:        ErrorKindTimeout,
	}
	kind, known := kinds[failure.Kind]
	if !known {
		kind = ErrorKindUpstream
	}
	return Fail(kind, "%s", failure.Message)
}

// Answer is what the upstream answered: whole, or its head.
type Answer struct {
	Response
	io  *Io
	err error
}

// Frames gives what arrives of the answer, up to its end. Ask Err then whether it was the end.
func (answer *Answer) Frames() iter.Seq[Frame] {
	return func(yield func(Frame) bool) {
		for {
			answer.io.do(wanted)
			if answer.err = answer.io.failed(); answer.err != nil || answer.io.input.Tag() != InputFrames {
				return
			}
			for _, frame := range answer.io.input.Frames() {
				if !yield(frame) {
					return
				}
			}
		}
	}
}

// Err is why the answer broke off, if it did.
func (answer *Answer) Err() error {
	return answer.err
}

// Text is the body of a whole answer. What is not UTF-8 is no text of any vendor's.
func (answer *Answer) Text() string {
	if answer.Body.IsSome() && answer.Body.Some().Tag() == ContentText {
		return answer.Body.Some().Text()
	}
	return ""
}
