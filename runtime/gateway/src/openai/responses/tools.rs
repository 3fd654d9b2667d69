//! What the model may call, and whether it must.
//!
//! Functions are the caller's. Tools that OpenAI runs itself are refused (`unsupported.rs`);
//! those of other vendors go there as they are, since only the vendor knows what to do with them.

use std::collections::HashSet;

use serde::{Deserialize as _, Serialize};
use serde_json::value::RawValue;
use tidegate_host::types::{self, FunctionTool, NamedJson, ToolChoice};

use super::unsupported;
use crate::cache_control::{CacheControl, cache_mark};
use crate::json::{List, Misread, Strays, Text, members, object, push_member};

object! {
    /// A tool.
    pub struct Tool<'a> {
        "type" => kind: Text<'a>,
        "name" => name: String,
        "description" => description: String,
        "parameters" => parameters: &'a RawValue,
        "strict" => strict: bool,
        "cache_control" => cache_control: CacheControl<'a>,
    }
}

impl Tool<'_> {
    /// The contract's tool.
    pub fn read(self, strays: &mut Strays) -> Result<types::Tool, Misread> {
        let Some(kind) = self.kind.as_deref() else {
            return Err(Misread::new("it has no `type`"));
        };
        unsupported::check_tool(kind)?;
        if kind != "function" {
            return Ok(types::Tool::Other(self.foreign()));
        }
        strays.note(&self.rest);
        let cache = self.cache_control;
        let cache =
            cache.map(|mark| strays.within("cache_control", |strays| cache_mark(mark, strays)));
        Ok(types::Tool::Function(FunctionTool {
            name: self.name.ok_or_else(|| Misread::new("it has no `name`"))?,
            description: self.description,
            parameters: self.parameters.map_or("", |it| it.get()).into(),
            strict: self.strict,
            cache: cache.transpose()?,
        }))
    }

    /// A vendor's own tool, as it stands.
    fn foreign(self) -> NamedJson {
        let kind = self.kind.unwrap_or_default().into_owned();
        let mut json = members(&self.rest).unwrap_or_default();
        json.pop();
        let texts = [
            ("type", Some(&kind)),
            ("name", self.name.as_ref()),
            ("description", self.description.as_ref()),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                // A string always has a JSON form.
                let text = serde_json::to_string(text).unwrap_or_default();
                push_member(&mut json, name, &text);
            }
        }
        if let Some(parameters) = self.parameters {
            push_member(&mut json, "parameters", parameters.get());
        }
        if let Some(strict) = self.strict {
            push_member(&mut json, "strict", &strict.to_string());
        }
        json.push('}');
        NamedJson { name: kind, json }
    }
}

object! {
    struct Choice<'a> {
        "type" => kind: Text<'a>,
        "name" => name: String,
        "mode" => mode: Text<'a>,
        "tools" => tools: List<'a, Choice<'a>>,
    }
}

/// `tool_choice`. One that allows some of the tools takes the others out of the list.
pub fn tool_choice(
    raw: &RawValue,
    tools: &mut Vec<types::Tool>,
    strays: &mut Strays,
) -> Result<ToolChoice, Misread> {
    let raw = raw.get();
    if raw.starts_with('"') {
        return mode(raw.trim_matches('"'));
    }
    let mut parser = serde_json::Deserializer::from_str(raw);
    let choice = Choice::deserialize(&mut parser)
        .map_err(|_| Misread::new("this is neither a string nor an object with `type`"))?;
    match choice.kind.as_deref() {
        Some("function") => match choice.name {
            Some(name) => Ok(ToolChoice::Named(name)),
            None => Err(Misread::new("it has no `name`")),
        },
        Some("allowed_tools") => {
            let allowed = choice.tools.unwrap_or_default();
            let names = strays.each("tools", allowed, |tool, _| Ok(tool.name))?;
            let names: HashSet<String> = names.into_iter().flatten().collect();
            tools.retain(|tool| match tool {
                types::Tool::Function(function) => names.contains(&function.name),
                types::Tool::Other(_) => false,
            });
            let chosen = choice.mode.as_deref().unwrap_or("auto");
            mode(chosen).map_err(|misread| misread.within("mode"))
        }
        _ => Err(Misread::new(
            "this choice is not supported\nhint: there are `auto`, `none`, `required`, `{\"type\": \"function\", \"name\": …}` and `{\"type\": \"allowed_tools\", …}`",
        )),
    }
}

fn mode(word: &str) -> Result<ToolChoice, Misread> {
    match word {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "required" => Ok(ToolChoice::Required),
        other => Err(Misread::new(format!(
            "`{}` is no choice; there are `auto`, `none`, `required` and a function's name",
            other.escape_debug()
        ))),
    }
}

/// A tool as the answer repeats it.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Repeated<'a> {
    Function {
        r#type: &'static str,
        name: &'a str,
        description: Option<&'a str>,
        parameters: Option<&'a RawValue>,
        strict: Option<bool>,
    },
    Foreign(&'a RawValue),
    /// One whose JSON nobody could read.
    Unreadable,
}

impl<'a> From<&'a types::Tool> for Repeated<'a> {
    fn from(tool: &'a types::Tool) -> Self {
        match tool {
            types::Tool::Function(function) => Repeated::Function {
                r#type: "function",
                name: &function.name,
                description: function.description.as_deref(),
                parameters: serde_json::from_str(&function.parameters).ok(),
                strict: function.strict,
            },
            types::Tool::Other(other) => match serde_json::from_str(&other.json) {
                Ok(raw) => Repeated::Foreign(raw),
                Err(_) => Repeated::Unreadable,
            },
        }
    }
}
