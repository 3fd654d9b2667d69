//! Which of two APIs answers a conversation, where a service has both.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use tidegate_guest::Io;
use tidegate_guest::types::{ChatRequest, PartContent, SettingInfo, SettingKind, Tool};

use crate::responses::{Thinking, is_only_here};

/// An API that answers conversations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Api {
    /// `POST /chat/completions`.
    ChatCompletions,
    /// `POST /responses`.
    Responses,
}

/// The setting's name.
const SETTING: &str = "api";

const CHAT_COMPLETIONS: &str = "chat-completions";
const RESPONSES: &str = "responses";
const AUTO: &str = "auto";

impl Api {
    /// The setting by which an operator chooses.
    pub fn setting(default: Api) -> SettingInfo {
        let default = match default {
            Api::ChatCompletions => CHAT_COMPLETIONS,
            Api::Responses => RESPONSES,
        };
        Api::described(
            &[CHAT_COMPLETIONS, RESPONSES],
            default,
            "Which API answers conversations",
        )
    }

    /// The same, with a choice for each request by itself.
    pub fn setting_with_auto() -> SettingInfo {
        Api::described(
            &[AUTO, CHAT_COMPLETIONS, RESPONSES],
            AUTO,
            "Which API answers conversations; `auto` is chat completions, but for what only the Responses API has",
        )
    }

    fn described(choices: &[&str], default: &str, description: &str) -> SettingInfo {
        let choices = choices.iter().map(|&choice| choice.into()).collect();
        SettingInfo::optional(
            SETTING,
            SettingKind::Choice(choices),
            Some(default),
            description,
        )
    }

    /// The API for a request. `model` is the vendor's own name of the model.
    pub fn choose(io: &Io, model: &str, request: &ChatRequest) -> Self {
        match io.setting(SETTING) {
            Some(CHAT_COMPLETIONS) => Api::ChatCompletions,
            Some(RESPONSES) => Api::Responses,
            _ => Api::for_request(model, request),
        }
    }

    /// The Responses API where
    ///
    /// - the model is offered by it alone,
    /// - a tool is in its form, web search for example,
    /// - a summary of the reasoning is wanted, which the other does not show, or
    /// - reasoning of earlier turns is encrypted, which the other does not take back.
    ///
    /// The last two are nothing to a model that does not reason. Sound and several answers it does not
    /// have.
    fn for_request(model: &str, request: &ChatRequest) -> Self {
        if is_only_here(model) {
            return Api::Responses;
        }
        let parts = || request.messages.iter().flat_map(|message| &message.parts);
        let sound = parts().any(|part| matches!(part.content, PartContent::Audio(_)));
        if sound || request.choices.is_some_and(|choices| choices > 1) {
            return Api::ChatCompletions;
        }
        let reasoning = request.reasoning.as_ref();
        let summary = reasoning.is_some_and(|reasoning| reasoning.summary.is_some());
        let encrypted = parts().any(|part| match &part.content {
            PartContent::Reasoning(reasoning) => {
                reasoning.redacted.is_some() && reasoning.signature.is_none()
            }
            _ => false,
        });
        let reasons = Thinking::of(model) != Thinking::No;
        let tools = request.tools.iter().any(is_of_responses);
        match tools || reasons && (summary || encrypted) {
            true => Api::Responses,
            false => Api::ChatCompletions,
        }
    }
}

/// Whether a tool is in the form of the Responses API: chat completions has `custom` tools alone, and
/// has the tool in a member of its own.
fn is_of_responses(tool: &Tool) -> bool {
    match tool {
        Tool::Function(_) => false,
        // What is no object is refused by either.
        Tool::Other(other) => serde_json::from_str::<BTreeMap<&str, IgnoredAny>>(&other.json)
            .is_ok_and(|members| !members.contains_key("custom")),
    }
}

#[cfg(test)]
mod tests {
    use tidegate_guest::types::{Message, NamedJson, Part, Reasoning, ReasoningOptions, Role};

    use super::*;

    fn chosen(model: &str, change: impl Fn(&mut ChatRequest)) -> Api {
        let mut request = ChatRequest::default();
        change(&mut request);
        Api::for_request(model, &request)
    }

    fn summary(request: &mut ChatRequest) {
        request.reasoning = Some(ReasoningOptions {
            effort: None,
            budget_tokens: None,
            summary: Some("auto".into()),
        });
    }

    fn encrypted(request: &mut ChatRequest) {
        let reasoning = Reasoning {
            text: String::new(),
            signature: None,
            redacted: Some("enc".into()),
        };
        let part = Part {
            content: PartContent::Reasoning(reasoning),
            cache: None,
            metadata: None,
        };
        request.messages = vec![Message {
            role: Role::Assistant,
            parts: vec![part],
            name: None,
            metadata: None,
        }];
    }

    fn tool(json: &str) -> impl Fn(&mut ChatRequest) {
        move |request| {
            request.tools = vec![Tool::Other(NamedJson {
                name: "it".into(),
                json: json.into(),
            })];
        }
    }

    #[test]
    fn chat_completions_is_the_rule() {
        assert_eq!(chosen("gpt-5", |_| {}), Api::ChatCompletions);
        let custom = tool(r#"{"type": "custom", "custom": {"name": "sql"}}"#);
        assert_eq!(chosen("gpt-5", custom), Api::ChatCompletions);
        assert_eq!(chosen("gpt-5", tool("no json")), Api::ChatCompletions);
    }

    #[test]
    fn what_only_the_responses_api_has_is_asked_of_it() {
        assert_eq!(chosen("gpt-5-pro", |_| {}), Api::Responses);
        assert_eq!(chosen("gpt-5", summary), Api::Responses);
        assert_eq!(chosen("gpt-5", encrypted), Api::Responses);
        let search = tool(r#"{"type": "web_search"}"#);
        assert_eq!(chosen("gpt-4o", search), Api::Responses);
        let custom = tool(r#"{"type": "custom", "name": "sql"}"#);
        assert_eq!(chosen("gpt-5", custom), Api::Responses);
    }

    #[test]
    fn what_it_does_not_have_stays_with_chat_completions() {
        let several = |request: &mut ChatRequest| {
            summary(request);
            request.choices = Some(2);
        };
        assert_eq!(chosen("gpt-5", several), Api::ChatCompletions);
        assert_eq!(chosen("gpt-4o", summary), Api::ChatCompletions);
        assert_eq!(chosen("gpt-4o", encrypted), Api::ChatCompletions);
    }
}
