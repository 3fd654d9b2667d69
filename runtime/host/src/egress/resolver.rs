//! From a host name to addresses that the grant lets a provider dial.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::TryFutureExt as _;
use futures::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use reqwest::dns::{Addrs, Resolve, Resolving};
use tidegate_grants::{AddressDenied, AddressPolicy};
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// Resolves host names. The default asks the operating system.
pub trait Resolver: Send + Sync {
    /// The addresses of a host; an error when there are none.
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Asks the operating system.
pub(crate) struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((host, 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver that hands out nothing the policy refuses. The HTTP client dials exactly what it
/// gets from here, so there is no gap between check and use.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) policy: AddressPolicy,
    /// A name the operator vouches for: the proxy's.
    pub(crate) exempt: Option<String>,
}

impl Guarded {
    fn addresses(&self, host: &str) -> BoxFuture<'static, Result<Vec<SocketAddr>, BoxError>> {
        let policy = self.policy;
        let exempt = self.exempt.as_deref() == Some(host);
        let resolving = self.resolver.resolve(host.into());
        Box::pin(async move {
            let addresses = resolving.await?;
            if addresses.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "no address").into());
            }
            // One inner address among public ones is no accident: all of them are refused.
            for address in addresses.iter().filter(|_| !exempt) {
                policy
                    .permits(*address)
                    .map_err(|denied| Box::new(Refused(denied)) as BoxError)?;
            }
            let sockets = addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, 0));
            Ok(sockets.collect())
        })
    }
}

/// For the pooled client.
impl Service<Name> for Guarded {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _task: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(self.addresses(name.as_str()).map_ok(Vec::into_iter))
    }
}

/// For the client that goes through a proxy.
impl Resolve for Guarded {
    fn resolve(&self, name: reqwest::dns::Name) -> Resolving {
        let addresses = self.addresses(name.as_str());
        Box::pin(addresses.map_ok(|addresses| Box::new(addresses.into_iter()) as Addrs))
    }
}

/// Travels through the HTTP client's error to whoever sent the request.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) AddressDenied);
