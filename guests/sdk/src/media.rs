//! Bytes of pictures, sounds and files as text.

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{Engine, alphabet};

use crate::types::{Media, MediaSource};

/// Bytes in the standard alphabet of RFC 4648, section 4, with padding.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a base64 text; `None` for what is none. Vendors differ in padding, so it is optional.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    LENIENT.decode(text).ok()
}

/// A `data:` URL (RFC 2397). A media type that is not known is `application/octet-stream`.
pub fn data_url(media_type: Option<&str>, bytes: &[u8]) -> String {
    let media_type = media_type.unwrap_or("application/octet-stream");
    format!("data:{media_type};base64,{}", base64(bytes))
}

/// Media type and base64 text of a `data:` URL; `None` for any other URL, and for one whose data is
/// not base64.
pub fn split_data_url(url: &str) -> Option<(&str, &str)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?;
    Some((media_type, data))
}

/// The text of a file that has one: for models that take text and pictures only.
pub fn text_of(file: &Media) -> Option<&str> {
    let media_type = file.media_type.as_deref()?;
    let is_text = media_type.starts_with("text/") || media_type == "application/json";
    match &file.source {
        MediaSource::Bytes(bytes) if is_text => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_text_where_its_type_says_so_and_its_bytes_do() {
        let file = |media_type: &str, bytes: &[u8]| Media {
            source: MediaSource::Bytes(bytes.into()),
            media_type: Some(media_type.into()),
            name: None,
            detail: None,
        };
        assert_eq!(text_of(&file("text/csv", b"a;b")), Some("a;b"));
        assert_eq!(text_of(&file("application/json", b"{}")), Some("{}"));
        assert_eq!(text_of(&file("text/plain", b"\xff")), None);
        assert_eq!(text_of(&file("application/pdf", b"%PDF")), None);
    }

    #[test]
    fn a_data_url_is_put_together_and_taken_apart() {
        let url = data_url(Some("image/png"), b"\x89PNG");
        assert_eq!(url, "data:image/png;base64,iVBORw==");
        assert_eq!(split_data_url(&url), Some(("image/png", "iVBORw==")));
    }

    #[test]
    fn base64_is_read_with_and_without_padding() {
        assert_eq!(from_base64("iVBORw=="), Some(b"\x89PNG".to_vec()));
        assert_eq!(from_base64("iVBORw"), Some(b"\x89PNG".to_vec()));
        assert_eq!(from_base64("not base64"), None);
    }

    #[test]
    fn what_is_no_base64_data_url_is_left_alone() {
        assert_eq!(split_data_url("https://example.com/a,b"), None);
        assert_eq!(split_data_url("data:text/plain,hello"), None);
        assert_eq!(split_data_url("data:"), None);
    }
}
