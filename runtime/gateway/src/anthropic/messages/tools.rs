//! What the model may call, and whether it must.

use serde_json::value::RawValue;
use tidegate_host::types::{self, FunctionTool, NamedJson};

use crate::cache_control::{CacheControl, cache_mark};
use crate::json::{self, Misread, Strays, Text, object};

object! {
    struct Tool<'a> {
        "type" => kind: Text<'a>,
        "name" => name: String,
        "description" => description: String,
        "input_schema" => input_schema: &'a RawValue,
        "strict" => strict: bool,
        "cache_control" => cache_control: CacheControl<'a>,
    }
}

object! {
    /// The type alone: what else is in a tool of the vendor's may have any shape.
    struct Kind<'a> {
        "type" => kind: Text<'a>,
    }
}

object! {
    /// `tool_choice`.
    pub struct ToolChoice<'a> {
        "type" => kind: Text<'a>,
        "name" => name: String,
        "disable_parallel_tool_use" => disable_parallel_tool_use: bool,
    }
}

/// The contract's tool. One of a type of the vendor's goes there as it is.
pub fn read(raw: &RawValue, strays: &mut Strays) -> Result<types::Tool, Misread> {
    if let Some(kind) = json::reread::<Kind>(raw)?.kind
        && &*kind != "custom"
    {
        return Ok(types::Tool::Other(NamedJson {
            name: kind.into_owned(),
            json: raw.get().into(),
        }));
    }
    let tool: Tool = json::reread(raw)?;
    strays.note(&tool.rest);
    let cache = tool.cache_control;
    let cache = cache.map(|mark| strays.within("cache_control", |strays| cache_mark(mark, strays)));
    let missing = |name: &str| Misread::new(format!("it has no `{name}`"));
    Ok(types::Tool::Function(FunctionTool {
        name: tool.name.ok_or_else(|| missing("name"))?,
        description: tool.description,
        parameters: tool
            .input_schema
            .ok_or_else(|| missing("input_schema"))?
            .get()
            .into(),
        strict: tool.strict,
        cache: cache.transpose()?,
    }))
}

impl ToolChoice<'_> {
    /// Whether a tool must be called, and whether several may be at once.
    pub fn read(
        self,
        strays: &mut Strays,
    ) -> Result<(Option<types::ToolChoice>, Option<bool>), Misread> {
        strays.note(&self.rest);
        let choice = match self.kind.as_deref() {
            Some("auto") => types::ToolChoice::Auto,
            Some("any") => types::ToolChoice::Required,
            Some("none") => types::ToolChoice::None,
            Some("tool") => match self.name {
                Some(name) => types::ToolChoice::Named(name),
                None => return Err(Misread::new("the type `tool` needs `name`")),
            },
            Some(other) => {
                let problem = format!(
                    "`{}` is no choice; there are `auto`, `any`, `tool` and `none`",
                    other.escape_debug()
                );
                return Err(Misread::new(problem).within("type"));
            }
            None => return Err(Misread::new("it has no `type`")),
        };
        let parallel = self.disable_parallel_tool_use.map(|disabled| !disabled);
        Ok((Some(choice), parallel))
    }
}
