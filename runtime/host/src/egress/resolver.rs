//! From a host name to addresses that the grant lets a provider dial.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tidegate_grants::{AddressDenied, AddressPolicy};

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
pub(crate) struct Guarded {
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) policy: AddressPolicy,
    /// A name the operator vouches for: the proxy's.
    pub(crate) exempt: Option<String>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let policy = self.policy;
        let exempt = self.exempt.as_deref() == Some(&host);
        let resolving = self.resolver.resolve(host);
        Box::pin(async move {
            let addresses = resolving.await?;
            if addresses.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "no address").into());
            }
            // One inner address among public ones is no accident: all of them are refused.
            for address in addresses.iter().filter(|_| !exempt) {
                policy
                    .permits(*address)
                    .map_err(|denied| Box::new(Refused(denied)) as Box<dyn Error + Send + Sync>)?;
            }
            let sockets = addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}

/// Travels through the HTTP client's error to whoever sent the request.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) AddressDenied);
