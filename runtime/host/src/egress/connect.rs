//! Opens connections: name to address by way of the guarded resolver, TCP, TLS, all within a limit.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::egress::resolver::Guarded;

/// How often a quiet connection is asked whether it is still there, so that a stream whose network
/// is gone ends before its idle limit where that is long.
const PROBE: Duration = Duration::from_secs(15);

type BoxError = Box<dyn StdError + Send + Sync>;

/// Opens connections to what its resolver returns. The pool clones it for every request, whether or
/// not one has to be opened.
#[derive(Clone)]
pub(crate) struct Connector(Arc<Opener>);

struct Opener {
    https: HttpsConnector<HttpConnector<Guarded>>,
    limit: Duration,
}

impl Connector {
    pub(crate) fn new(resolver: Guarded, tls: rustls::ClientConfig, limit: Duration) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(PROBE));
        tcp.set_keepalive_interval(Some(PROBE));
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            // HTTP/2 where the upstream offers it in the handshake.
            .enable_http1()
            .enable_http2()
            .wrap_connector(tcp);
        Connector(Arc::new(Opener { https, limit }))
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _task: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, origin: Uri) -> Self::Future {
        let mut https = self.0.https.clone();
        let limit = self.0.limit;
        Box::pin(async move {
            let opening = async {
                poll_fn(|task| https.poll_ready(task)).await?;
                https.call(origin).await
            };
            match tokio::time::timeout(limit, opening).await {
                Ok(opened) => opened,
                Err(_) => Err(Box::new(TookTooLong(limit)) as BoxError),
            }
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no connection within {0:?}")]
struct TookTooLong(Duration);

/// Whether a connection took too long to open, by our limit or the operating system's.
pub(crate) fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let is_late = error.is::<TookTooLong>()
            || error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::TimedOut);
        if is_late {
            return true;
        }
        cause = error.source();
    }
    false
}
