// Code that was written for another place: net/http over a transport of its own, fmt.Println, and a
// look around for what an operating system gives.
//
//	| model         | what it does                                                         |
//	|---------------|----------------------------------------------------------------------|
//	| `GET`, `POST` | that, to the URL in the first line of the message; the rest is the body |
//	| `explore`     | tries whatever the standard library has, and says what came of it    |
//	| `print`       | prints the message                                                   |
package export_llm_provider_provider

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
)

type Actions = Result[[]Action, Error]

// What is being downloaded, from one call of Step to the next.
var download io.ReadCloser

func Describe() ProviderInfo {
	return ProviderInfo{
		Name:        "ported-go",
		Version:     "1.0.0",
		Description: "Uses net/http",
		Vendor:      "Tests",
		Credentials: []Credential{{
			Name:        "api-key",
			Description: "A secret of the tests",
			Placement:   MakePlacementBearer(),
		}},
		Operations: []OperationKind{OperationKindChat},
	}
}

func Start(operation Operation, context Context) Actions {
	if operation.Tag() != OperationChat {
		return said("it only chats")
	}
	request := operation.Chat()
	text := textOf(request)
	switch request.Model {
	case "explore":
		return said(report(text))
	case "print":
		fmt.Println(text)
		return said("printed")
	default:
		return send(request.Model, text)
	}
}

// Every `again` hands over one piece of what is being downloaded.
func Step(input Input) Actions {
	piece := make([]byte, 16<<10)
	length, err := download.Read(piece)
	switch {
	case length > 0:
		return actions(delta(string(piece[:length])), MakeActionAgain())
	case err == io.EOF:
		return said("")
	case err != nil:
		return said(err.Error())
	default:
		return actions(MakeActionAgain())
	}
}

func send(method, text string) Actions {
	url, body, _ := strings.Cut(text, "\n")
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return said(err.Error())
	}
	// A header that a client would set from a key of its own.
	request.Header.Set("authorization", "Bearer a-key-of-the-guest")
	request.Header.Set("user-agent", "ported/1.0")
	client := http.Client{Transport: transport{}}
	response, err := client.Do(request)
	if err != nil {
		return said(err.Error())
	}
	download = response.Body
	return actions(delta(fmt.Sprintf("%d ", response.StatusCode)), MakeActionAgain())
}

func said(text string) Actions {
	finish := MakeStreamEventFinish(Finish{Reason: FinishReasonStop})
	return actions(delta(text), MakeActionEmit(MakeOutputEvent(finish)), MakeActionDone())
}

func delta(text string) Action {
	return MakeActionEmit(MakeOutputEvent(MakeStreamEventTextDelta(Delta{Text: text})))
}

func actions(list ...Action) Actions {
	return Ok[[]Action, Error](list)
}

func textOf(request ChatRequest) string {
	for _, message := range request.Messages {
		for _, part := range message.Parts {
			if part.Content.Tag() == PartContentText {
				return part.Content.Text()
			}
		}
	}
	return ""
}
