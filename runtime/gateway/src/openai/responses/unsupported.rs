//! What can be asked of OpenAI itself and not of a gateway that stores nothing and runs no tools.

use super::request::Create;
use crate::failure::Failure;
use crate::json::Misread;

/// Tools that OpenAI runs, or whose calls only its own clients understand; beside these, all whose
/// type is one of them with a date behind it.
const HOSTED: [&str; 15] = [
    "apply_patch",
    "code_interpreter",
    "computer",
    "computer_use_preview",
    "custom",
    "file_search",
    "image_generation",
    "local_shell",
    "mcp",
    "namespace",
    "programmatic_tool_calling",
    "shell",
    "tool_search",
    "web_search",
    "web_search_preview",
];

/// Why nothing is looked up.
pub const MEMORY: &str = "this gateway stores no answers\nhint: send the whole conversation in `input`, with `store` set to false; `output` of an answer can be put there as it is";

/// Refuses what would otherwise be answered as if it had not been asked for.
pub fn check(request: &Create<'_>) -> Result<(), Failure> {
    const PATIENCE: &str = "this gateway does not answer in the background\nhint: ask for a stream";
    const TEMPLATE: &str =
        "this gateway has no stored prompts\nhint: write the prompt in `instructions` and `input`";
    let refused = [
        (
            "previous_response_id",
            request.previous_response_id.is_some(),
            MEMORY,
        ),
        ("conversation", request.conversation.is_some(), MEMORY),
        ("store", request.store == Some(true), MEMORY),
        ("background", request.background == Some(true), PATIENCE),
        ("prompt", request.prompt.is_some(), TEMPLATE),
    ];
    for (name, is_there, why) in refused {
        if is_there {
            return Err(Failure::unsupported(name, why));
        }
    }
    Ok(())
}

/// Refuses a tool that nobody would run.
pub fn check_tool(kind: &str) -> Result<(), Misread> {
    if !is_hosted(kind) {
        return Ok(());
    }
    let problem = format!(
        "this gateway runs no tools, and `{kind}` is one that OpenAI runs\nhint: describe it as a `function`, and run it yourself"
    );
    Err(Misread::unsupported(problem).within("type"))
}

/// Other vendors' tools have dates too (`web_search_20250305`), written in another way.
fn is_hosted(kind: &str) -> bool {
    let is_date = |rest: &str| {
        let mut digits = rest.strip_prefix('_').unwrap_or_default().split('_');
        let lengths = [4, 2, 2].map(|length| {
            let piece = digits.next().unwrap_or_default();
            piece.len() == length && piece.bytes().all(|it| it.is_ascii_digit())
        });
        lengths == [true; 3] && digits.next().is_none()
    };
    HOSTED.iter().any(|known| {
        kind.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || is_date(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::is_hosted;

    #[test]
    fn tools_of_openai_are_told_from_those_of_others() {
        for kind in ["web_search", "web_search_preview_2025_03_11", "mcp"] {
            assert!(is_hosted(kind), "{kind}");
        }
        for kind in [
            "function",
            "web_search_20250305",
            "mcp_toolset",
            "code_interpreter_2025",
            "",
        ] {
            assert!(!is_hosted(kind), "{kind}");
        }
    }
}
