//! Vendors that speak TLS: a way in front of an [`Upstream`](crate::upstream::Upstream), with all it
//! can do wrong, and a server that speaks HTTP/2.
//!
//! They run on the test's own runtime and end with the value.

mod authority;
mod http2;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

pub use authority::Authority;
pub use http2::{Http2, Reply};

/// Takes TLS off and hands the rest to another port.
pub struct Terminator {
    address: SocketAddr,
    accepting: AbortHandle,
}

impl Terminator {
    /// In front of this port.
    pub async fn in_front_of(port: u16, mut tls: ServerConfig) -> Terminator {
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let (address, accepting) = accept(tls, move |mut inner| async move {
            let Ok(mut outer) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
                return;
            };
            // Either side may go when it likes.
            let _ = copy_bidirectional(&mut inner, &mut outer).await;
        })
        .await;
        Terminator { address, accepting }
    }

    /// The port that speaks TLS.
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for Terminator {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

type Connection = tokio_rustls::server::TlsStream<TcpStream>;

/// Accepts connections on a free local port until it is aborted. A client that does not like the
/// certificate is gone before it is served.
async fn accept<F: Future<Output = ()> + Send + 'static>(
    tls: ServerConfig,
    serve: impl Fn(Connection) -> F + Clone + Send + Sync + 'static,
) -> (SocketAddr, AbortHandle) {
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free local port");
    let address = listener
        .local_addr()
        .expect("a bound listener has an address");
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, serve) = (acceptor.clone(), serve.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream).await;
                }
            });
        }
    });
    (address, accepting.abort_handle())
}
