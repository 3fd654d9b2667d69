//! What the model may call, and whether it must.

use serde::Deserialize as _;
use serde_json::value::RawValue;
use tidegate_host::types::{self, FunctionTool, NamedJson, ToolChoice};

use crate::cache_control::{CacheControl, cache_mark};
use crate::json::{Misread, Strays, Text, members, object, push_member};

object! {
    /// A tool.
    pub struct Tool<'a> {
        "type" => kind: Text<'a>,
        "function" => function: Function<'a>,
        "cache_control" => cache_control: CacheControl<'a>,
    }
}

object! {
    /// A function of the caller's.
    pub struct Function<'a> {
        "name" => name: String,
        "description" => description: String,
        "parameters" => parameters: &'a RawValue,
        "strict" => strict: bool,
    }
}

impl Tool<'_> {
    /// The contract's tool. One of another type is the vendor's business, and goes there as it is.
    pub fn read(self, strays: &mut Strays) -> Result<types::Tool, Misread> {
        let Some(kind) = self.kind else {
            return Err(Misread::new("it has no `type`"));
        };
        if &*kind != "function" {
            let mut json = members(&self.rest).unwrap_or_default();
            json.pop();
            push_member(
                &mut json,
                "type",
                &serde_json::to_string(&*kind).unwrap_or_default(),
            );
            json.push('}');
            let name = kind.into_owned();
            return Ok(types::Tool::Other(NamedJson { name, json }));
        }
        strays.note(&self.rest);
        let cache = self.cache_control;
        let cache =
            cache.map(|mark| strays.within("cache_control", |strays| cache_mark(mark, strays)));
        let cache = cache.transpose()?;
        let Some(function) = self.function else {
            return Err(Misread::new("it has no `function`"));
        };
        let function = strays.within("function", |strays| function.read(strays))?;
        Ok(types::Tool::Function(FunctionTool { cache, ..function }))
    }
}

impl Function<'_> {
    /// The contract's function.
    pub fn read(self, strays: &mut Strays) -> Result<FunctionTool, Misread> {
        strays.note(&self.rest);
        Ok(FunctionTool {
            name: self.name.ok_or_else(|| Misread::new("it has no `name`"))?,
            description: self.description,
            parameters: self.parameters.map_or("", |it| it.get()).into(),
            strict: self.strict,
            cache: None,
        })
    }
}

object! {
    struct Choice<'a> {
        "type" => kind: Text<'a>,
        "function" => function: Named<'a>,
    }
}

object! {
    struct Named<'a> {
        "name" => name: String,
    }
}

/// `tool_choice`; `None` for a form that only the vendor knows.
pub fn tool_choice(raw: &RawValue) -> Result<Option<ToolChoice>, Misread> {
    let raw = raw.get();
    if raw.starts_with('"') {
        return match raw {
            r#""auto""# => Ok(Some(ToolChoice::Auto)),
            r#""none""# => Ok(Some(ToolChoice::None)),
            r#""required""# => Ok(Some(ToolChoice::Required)),
            other => Err(Misread::new(format!(
                "{other} is no choice; there are `auto`, `none`, `required` and a function's name"
            ))),
        };
    }
    let mut parser = serde_json::Deserializer::from_str(raw);
    let choice = Choice::deserialize(&mut parser)
        .map_err(|_| Misread::new("this is neither a string nor an object with `type`"))?;
    match choice.kind.as_deref() {
        Some("function") => match choice.function.and_then(|function| function.name) {
            Some(name) => Ok(Some(ToolChoice::Named(name))),
            None => Err(Misread::new("it has no `name`").within("function")),
        },
        _ => Ok(None),
    }
}
