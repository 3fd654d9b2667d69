// What the component exports, under the name that the generated code asks for.
package export_llm_provider_provider

import (
	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
	"wit_component/small"
	"wit_component/tidegate"
)

var component = tidegate.Component{Provider: small.Provider()}

func Describe() ProviderInfo {
	return component.Provider.Describe()
}

func Start(operation Operation, context Context) Result[[]Action, Error] {
	return Ok[[]Action, Error](component.Start(operation, context))
}

func Step(input Input) Result[[]Action, Error] {
	return Ok[[]Action, Error](component.Step(input))
}
