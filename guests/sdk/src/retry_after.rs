//! When an upstream wants to be asked again.

use crate::headers;
use crate::types::Header;

/// Reads, in this order, `retry-after-ms` (milliseconds, OpenAI and Azure) and `retry-after`
/// (seconds or an HTTP date, RFC 9110 section 10.2.3). A date in the past is 0.
pub(crate) fn retry_after_ms(headers: &[Header], now_ms: f64) -> Option<u32> {
    if let Some(value) = headers::value(headers, "retry-after-ms") {
        return value.trim().parse::<f64>().ok().map(clamp);
    }
    let value = headers::value(headers, "retry-after")?.trim();
    match value.parse::<f64>() {
        Ok(seconds) => Some(clamp(seconds * 1000.0)),
        Err(_) => Some(clamp(http_date_ms(value)? - now_ms)),
    }
}

fn clamp(milliseconds: f64) -> u32 {
    // `as` saturates, and turns what is no number into 0.
    milliseconds.ceil().max(0.0) as u32
}

/// An HTTP date in milliseconds since the epoch.
fn http_date_ms(value: &str) -> Option<f64> {
    let date = httpdate::parse_http_date(value).ok()?;
    let since_epoch = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(since_epoch.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(name: &str, value: &str) -> Option<u32> {
        let header = Header {
            name: name.into(),
            value: value.into(),
        };
        // Sun, 06 Nov 1994 08:49:30 GMT
        retry_after_ms(&[header], 784_111_770_000.0)
    }

    #[test]
    fn seconds_milliseconds_and_dates_are_read() {
        assert_eq!(after("retry-after", "7"), Some(7_000));
        assert_eq!(after("Retry-After", "0.25"), Some(250));
        assert_eq!(after("retry-after-ms", "120"), Some(120));
        assert_eq!(
            after("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(7_000)
        );
    }

    #[test]
    fn what_is_no_time_is_nothing_and_the_past_is_now() {
        assert_eq!(after("retry-after", "soon"), None);
        assert_eq!(after("retry-after", "-3"), Some(0));
        assert_eq!(
            after("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"),
            Some(0)
        );
        assert_eq!(after("retry-after", "1e99"), Some(u32::MAX));
    }
}
