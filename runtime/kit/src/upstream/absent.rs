//! A port that refuses every connection.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// A vendor that is down. The port is held, bound and not listening, until this is dropped: a port
/// that was merely free a moment ago may by now belong to the upstream of another test.
#[derive(Debug)]
pub struct Absent {
    address: SocketAddr,
    _port: Socket,
}

impl Absent {
    pub(super) fn new() -> Absent {
        let port = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        port.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
            .expect("a free local port");
        let address = port
            .local_addr()
            .ok()
            .and_then(|address| address.as_socket());
        Absent {
            address: address.expect("a bound socket has an address"),
            _port: port,
        }
    }

    /// Scheme, host and port: `http://127.0.0.1:49152`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}
