//! Rust names to WIT names, and the nearest name to a misspelt one.

/// The WIT name of a field as `bindgen!` names it: `max_output_tokens` is `max-output-tokens`. A
/// trailing underscore keeps a name apart from a Rust keyword and is no part of it.
pub(super) fn of_field(rust: &str) -> String {
    rust.trim_end_matches('_').replace('_', "-")
}

/// The WIT name of a case: `AwsSigv4` is `aws-sigv4`.
pub(super) fn of_case(rust: &str) -> String {
    let mut name = String::with_capacity(rust.len() + 4);
    for letter in rust.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// The hint for a name that is none of those known.
pub(super) fn hint(wrong: &str, what: &str, known: &[String]) -> String {
    let all = known
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match nearest(wrong, known) {
        Some(name) => format!("did you mean `{name}`? The {what} are {all}"),
        None => format!("the {what} are {all}"),
    }
}

fn nearest<'a>(wrong: &str, known: &'a [String]) -> Option<&'a str> {
    // `maxTokens` and `max_tokens` are `max-tokens` in other people's JSON.
    let wrong = of_case(&of_field(wrong));
    known
        .iter()
        .map(|name| (distance(&wrong, name), name))
        .min()
        // Further away than a third of the word it is a guess, not a help.
        .filter(|(distance, name)| distance * 3 <= name.len().max(3))
        .map(|(_, name)| name.as_str())
}

/// Levenshtein distance, in bytes: names of the WIT are ASCII.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.bytes().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (above, b) in row.iter_mut().skip(1).zip(to.bytes()) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *above;
            left = replaced.min(left + 1).min(diagonal + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_names_become_wit_names() {
        for (rust, wit) in [("top_p", "top-p"), ("stream", "stream"), ("type_", "type")] {
            assert_eq!(of_field(rust), wit);
        }
        for (rust, wit) in [
            ("TextDelta", "text-delta"),
            ("AwsSigv4", "aws-sigv4"),
            ("None", "none"),
        ] {
            assert_eq!(of_case(rust), wit);
        }
    }

    #[test]
    fn a_near_name_is_offered_and_a_far_one_is_not() {
        let known = ["top-k".to_owned(), "max-output-tokens".to_owned()];
        assert_eq!(nearest("top_k", &known), Some("top-k"));
        assert_eq!(nearest("maxOutputToken", &known), Some("max-output-tokens"));
        assert_eq!(nearest("temperature", &known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
