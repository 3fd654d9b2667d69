//! Whether whoever sent a request may call at all.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Uri};
use tidegate_host::Attempts;

use super::{Call, Request, RequestId};
use crate::failure::{Failure, FailureKind};
use crate::shared::Shared;
use crate::telemetry::Entry;

impl Call {
    /// A call, if there is a key or none is needed. Reads nothing of the body.
    pub(super) fn admit(
        gateway: Arc<Shared>,
        id: RequestId,
        attempts: Attempts,
        entry: Arc<Entry>,
        request: Request,
    ) -> Result<Self, Failure> {
        let (head, body) = request.into_parts();
        let key = gateway.keys.load().find(&head.headers)?;
        match &key {
            Some(key) => entry.admitted(key),
            None => check_host(&head.uri, &head.headers)?,
        }
        Ok(Call {
            gateway,
            key,
            id,
            uri: head.uri,
            headers: head.headers,
            body: Mutex::new(Some(body)),
            attempts,
            entry,
            reservation: Mutex::new(None),
            warnings: Vec::new(),
        })
    }
}

/// Without keys a request has to come by a name of this machine.
pub fn check_host(uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
    let host = match uri.authority() {
        Some(authority) => Some(authority.clone()),
        None => headers
            .get(HOST)
            .and_then(|host| Authority::try_from(host.as_bytes()).ok()),
    };
    match host.is_some_and(|host| is_local(host.host())) {
        true => Ok(()),
        false => Err(Failure::new(
            FailureKind::Host,
            "without keys, only this machine may call, and by its own name\nhint: use `localhost` or `127.0.0.1`, or add a key to `gateway.keys` in `tidegate.toml`",
        )),
    }
}

/// Whether a host name means this machine.
///
/// A web page can have a name of its own resolve to 127.0.0.1, after which the browser takes the
/// gateway for that page's own server and hands over its answers. It cannot choose what the browser
/// writes into `host`, though.
fn is_local(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match bare.unwrap_or(host).parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => {
            let name = host.to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in [
            "localhost",
            "LocalHost",
            "api.localhost",
            "127.0.0.1",
            "127.8.9.1",
            "[::1]",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.test",
            "localhost.evil.test",
            "192.168.1.2",
            "0.0.0.0",
            "[::2]",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
