//! Addresses to listen on.
//!
//! | form | means |
//! |---|---|
//! | `127.0.0.1:8080`, `[::1]:8080` | this machine only |
//! | `0.0.0.0:8080`, `[::]:8080` | every address of this machine |
//! | port `0` | a free port, which is printed |
//! | `localhost:8080`, `8080`, `:8080` | an error: which address it is must not depend on a resolver or a guess |

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use crate::problem::Problems;
use crate::table::Value;

/// An address and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) span: Range<usize>,
}

/// Reads `listen`, or takes `usual`, which then stands for the section at `header`.
pub(crate) fn read(
    value: Option<Value>,
    usual: SocketAddr,
    header: &Range<usize>,
    problems: &mut Problems,
) -> Listen {
    let Some(value) = value else {
        return Listen {
            address: usual,
            span: header.clone(),
        };
    };
    let text = value.text(&format!("\"{usual}\""), problems);
    let address = text.and_then(|text| {
        let address = text.parse().ok();
        if address.is_none() {
            let text = text.escape_debug();
            problems.add(
                &value.span,
                format!("`{}` is `{text}`, which is no address", value.path),
                format!("write an IP address and a port, as in `\"{usual}\"`, or `\"0.0.0.0:{}\"` for all addresses", usual.port()),
            );
        }
        address
    });
    Listen {
        address: address.unwrap_or(usual),
        span: value.span,
    }
}

/// Whether the second of two listeners would find its port taken, or, worse, take its part of the
/// connections.
pub(crate) fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let everywhere = |address: IpAddr| address.is_unspecified();
    one.port() == other.port()
        && one.port() != 0
        && (one.ip() == other.ip() || everywhere(one.ip()) || everywhere(other.ip()))
}
