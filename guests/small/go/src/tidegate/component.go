package tidegate

import (
	"errors"
	"fmt"
	"iter"

	. "wit_component/llm_provider_provider"
)

// Component runs a provider as a coroutine: inputs in, actions out.
type Component struct {
	Provider Provider
	io       *Io
	next     func() (Action, bool)
	stop     func()
}

// Start begins an exchange; what is left of the one before is forgotten.
func (component *Component) Start(operation Operation, context Context) []Action {
	if component.stop != nil {
		component.stop()
	}
	io := &Io{Context: context}
	component.io = io
	component.next, component.stop = iter.Pull(func(yield func(Action) bool) {
		io.yield = yield
		defer func() {
			// What gets out of here is a trap, without a message.
			if problem := recover(); problem != nil && problem != abandoned {
				yield(failure(fmt.Errorf("%v", problem)))
			}
		}()
		if err := component.Provider.perform(operation, io); err != nil {
			yield(failure(err))
		} else {
			yield(MakeActionDone())
		}
	})
	return component.actions()
}

// Step hands in what happened.
func (component *Component) Step(input Input) []Action {
	switch input.Tag() {
	case InputAgain, InputOther:
		return nil
	}
	component.io.input = input
	return component.actions()
}

func (component *Component) actions() (actions []Action) {
	for {
		action, ok := component.next()
		if !ok || action == wanted {
			return actions
		}
		actions = append(actions, action)
		switch action.Tag() {
		case ActionFetch, ActionWait, ActionDone, ActionFail:
			return actions
		}
	}
}

// wanted is what a coroutine yields for the next input of an open answer: no action at all.
var wanted = MakeActionOther(NamedJson{Name: "next"})

// abandoned ends a coroutine whose exchange nobody goes on with.
var abandoned = errors.New("the exchange is abandoned")

func failure(err error) Action {
	var failure *Failure
	if !errors.As(err, &failure) {
		failure = Fail(ErrorKindInternal, err.Error())
	}
	return MakeActionFail(failure.Details)
}

// Failure is an error of the contract.
type Failure struct {
	Details Error
}

func (failure *Failure) Error() string {
	return failure.Details.Message
}

// Fail makes a failure.
func Fail(kind ErrorKind, format string, values ...any) *Failure {
	return &Failure{Error{Kind: kind, Message: fmt.Sprintf(format, values...)}}
}
