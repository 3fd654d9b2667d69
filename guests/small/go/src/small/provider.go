// Package small is the provider.
package small

import (
	"encoding/json"
	"fmt"

	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/llm_provider_provider"
	"wit_component/tidegate"
)

// Provider has the operations.
func Provider() tidegate.Provider {
	return tidegate.Provider{Describe: describe, Chat: chat, ListModels: listModels, Check: check}
}

func describe() ProviderInfo {
	return ProviderInfo{
		Name:        "small-go",
		Version:     "0.1.0",
		Description: "Speaks a small subset of chat completions, in Go",
		Vendor:      "Tidegate",
		Wants: []Want{
			{Pattern: "POST {base-url}/chat/completions", Reason: "to answer"},
			{Pattern: "GET {base-url}/models", Reason: "to list the models, and to check the key"},
		},
		Credentials: []Credential{{
			Name:        "api-key",
			Description: "A key of the server's",
			Placement:   MakePlacementBearer(),
			Environment: Some("SMALL_API_KEY"),
		}},
		Settings: []SettingInfo{{
			Name:        "base-url",
			Description: "Where the server is",
			Kind:        MakeSettingKindUrl(),
			Default:     Some("https://llm.example.com/v1"),
		}},
		Operations: []OperationKind{OperationKindChat, OperationKindListModels, OperationKindCheck},
		Features:   []Feature{FeatureStreaming, FeatureTools, FeatureReasoning},
	}
}

func chat(request ChatRequest, io *tidegate.Io) error {
	delivery := DeliveryWhole
	if request.Stream {
		delivery = DeliveryServerSentEvents
	}
	sent, err := body(request, io)
	if err != nil {
		return err
	}
	post, err := tidegate.Post(io.Setting("base-url")+"/chat/completions", sent, delivery)
	if err != nil {
		return err
	}
	response, err := io.Fetch(post)
	if err != nil {
		return err
	}
	if err := response.Ok(readError); err != nil {
		return err
	}
	answer := answer{choice: tidegate.Choice{Io: io}}
	if response.Body.IsSome() {
		err = answer.whole(response.Text())
	} else {
		err = answer.stream(response)
	}
	if err != nil {
		return err
	}
	return answer.finish()
}

type model struct {
	Id      string `json:"id"`
	Created any    `json:"created"`
	OwnedBy any    `json:"owned_by"`
}

func listModels(io *tidegate.Io) ([]ModelInfo, error) {
	models, err := list(io)
	infos := []ModelInfo{}
	for _, model := range models {
		info := ModelInfo{Id: model.Id}
		if created, is := model.Created.(float64); is {
			info.CreatedMs = Some(created * 1000)
		}
		if owner, is := model.OwnedBy.(string); is {
			info.Owner = Some(owner)
		}
		infos = append(infos, info)
	}
	return infos, err
}

func check(io *tidegate.Io) (Health, error) {
	models, err := list(io)
	return Health{Message: fmt.Sprintf("%d models", len(models))}, err
}

func list(io *tidegate.Io) ([]model, error) {
	response, err := io.Fetch(tidegate.Get(io.Setting("base-url") + "/models"))
	if err != nil {
		return nil, err
	}
	if err := response.Ok(readError); err != nil {
		return nil, err
	}
	var said struct {
		Data []model `json:"data"`
	}
	if err := json.Unmarshal([]byte(response.Text()), &said); err != nil || said.Data == nil {
		return nil, tidegate.Fail(ErrorKindUpstream, "the upstream's list of models is none")
	}
	named := said.Data[:0]
	for _, model := range said.Data {
		if model.Id != "" {
			named = append(named, model)
		}
	}
	return named, nil
}
