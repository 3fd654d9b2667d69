// Package tidegate is for writing an LLM provider in Go.
//
// A provider is a Provider: a function for each operation that it has, which does what is to be done by
// calling its Io, one line after the other:
//
//	func chat(request ChatRequest, io *tidegate.Io) error {
//		response, err := io.Fetch(tidegate.Post(url, body, DeliveryServerSentEvents))
//		…
//		for frames := range response.Frames() { … }
//		io.Emit(MakeStreamEventUsage(…))
//		choice.Finish(FinishReasonStop, "stop")
//		return nil
//	}
//
// The types are those of the contract, as `wit-bindgen go` writes them, with its comments. An error that is
// returned ends the exchange: a Failure as it is, any other one as `internal`; so does a panic.
package tidegate

import . "wit_component/llm_provider_provider"

// Provider has a function for each operation; one that is nil is answered with `unsupported`.
type Provider struct {
	Describe    func() ProviderInfo
	Chat        func(ChatRequest, *Io) error
	Complete    func(TextRequest, *Io) error
	Embed       func(EmbedRequest, *Io) (Embeddings, error)
	Rerank      func(RerankRequest, *Io) (Ranking, error)
	ListModels  func(*Io) ([]ModelInfo, error)
	CountTokens func(ChatRequest, *Io) (TokenCount, error)
	Check       func(*Io) (Health, error)
}

func (provider Provider) perform(operation Operation, io *Io) error {
	switch operation.Tag() {
	case OperationChat:
		if provider.Chat != nil {
			return provider.Chat(operation.Chat(), io)
		}
	case OperationComplete:
		if provider.Complete != nil {
			return provider.Complete(operation.Complete(), io)
		}
	case OperationEmbed:
		if provider.Embed != nil {
			return answer(io, MakeOutputEmbeddings)(provider.Embed(operation.Embed(), io))
		}
	case OperationRerank:
		if provider.Rerank != nil {
			return answer(io, MakeOutputRanking)(provider.Rerank(operation.Rerank(), io))
		}
	case OperationListModels:
		if provider.ListModels != nil {
			return answer(io, MakeOutputModels)(provider.ListModels(io))
		}
	case OperationCountTokens:
		if provider.CountTokens != nil {
			return answer(io, MakeOutputTokens)(provider.CountTokens(operation.CountTokens(), io))
		}
	case OperationCheck:
		if provider.Check != nil {
			return answer(io, MakeOutputHealth)(provider.Check(io))
		}
	}
	return Fail(ErrorKindUnsupported, "this provider does not implement what is asked for")
}

func answer[T any](io *Io, output func(T) Output) func(T, error) error {
	return func(value T, err error) error {
		if err == nil {
			io.do(MakeActionEmit(output(value)))
		}
		return err
	}
}
