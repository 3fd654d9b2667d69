//! What a secret looks like where an upstream sends it back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// As it is, in JSON with escaped slashes, percent-encoded in either case of letters, and in base64.
pub(crate) fn disguises(secret: &str) -> Vec<String> {
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut forms = vec![
        secret.to_owned(),
        secret.replace('/', "\\/"),
        lower_escapes(&percent),
        percent,
        STANDARD.encode(secret.as_bytes()),
    ];
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// `%2F` as `%2f`; everything else as it is.
fn lower_escapes(percent: &str) -> String {
    let mut escape: u8 = 0;
    let lower = |character: char| {
        if character == '%' {
            escape = 3;
        }
        let inside = escape > 0;
        escape = escape.saturating_sub(1);
        match inside {
            true => character.to_ascii_lowercase(),
            false => character,
        }
    };
    percent.chars().map(lower).collect()
}
