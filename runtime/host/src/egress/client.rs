//! The pooled HTTP clients: one per address policy, so that no provider ever travels on a
//! connection that another one was allowed to open and it is not.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::redirect::Policy;
use tidegate_grants::{AddressDenied, AddressPolicy};

use crate::egress::resolver::{Guarded, Resolver};
use crate::error::{Error, Result};

/// How long a connection may take to open, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept: under the 60 s after which most load balancers close it.
const KEEP_ALIVE: Duration = Duration::from_secs(50);

/// What operators set about outbound connections.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClientConfig {
    /// Certificates trusted beside the usual roots, as the text of a PEM file.
    pub ca: Option<String>,
    /// A proxy for requests to public addresses, `http://proxy.example:3128`. The environment is
    /// never asked. What is granted by address, as `localhost`, or with `private = true` goes there
    /// directly.
    pub proxy: Option<String>,
}

pub(crate) struct Clients {
    resolver: Arc<dyn Resolver>,
    config: ClientConfig,
    tls: rustls::ClientConfig,
    clients: RwLock<HashMap<AddressPolicy, reqwest::Client>>,
}

impl Clients {
    pub(crate) fn new(resolver: Arc<dyn Resolver>, config: ClientConfig) -> Result<Self> {
        let clients = Clients {
            resolver,
            tls: tls(&config)?,
            config,
            clients: RwLock::default(),
        };
        // A mistake in the proxy is the operator's to hear now, not at the first request.
        clients.of(AddressPolicy::Public)?;
        Ok(clients)
    }

    /// Resolves a name and judges its addresses, where a proxy will dial and not the client. The proxy
    /// resolves it once more, so it must refuse inner addresses itself: this catches a name that
    /// points inside, not one that is made to at the right moment.
    pub(crate) async fn check_for_proxy(
        &self,
        host: &str,
        policy: AddressPolicy,
    ) -> std::result::Result<(), AddressDenied> {
        if self.config.proxy.is_none() || policy != AddressPolicy::Public {
            return Ok(());
        }
        // A name that only the proxy can resolve is the proxy's to judge.
        let addresses = self.resolver.resolve(host.into()).await.unwrap_or_default();
        addresses
            .into_iter()
            .try_for_each(|address| policy.permits(address))
    }

    /// The client for this policy.
    pub(crate) fn of(&self, policy: AddressPolicy) -> Result<reqwest::Client> {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&policy) {
            return Ok(client.clone());
        }
        drop(clients);
        let client = self.build(policy)?;
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        Ok(clients.entry(policy).or_insert(client).clone())
    }

    fn build(&self, policy: AddressPolicy) -> Result<reqwest::Client> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(Guarded {
                resolver: self.resolver.clone(),
                policy,
                exempt: self.config.proxy.as_deref().and_then(host),
            })
            // A redirect would be a request that nobody granted.
            .redirect(Policy::none())
            // Retries are the router's, where they are counted and seen.
            .retry(reqwest::retry::never())
            .no_proxy()
            .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(KEEP_ALIVE);
        // A proxy would make `localhost` its own machine, and carry the key there in clear text.
        if let Some(proxy) = &self.config.proxy
            && policy == AddressPolicy::Public
        {
            builder = builder.proxy(parse(proxy)?);
        }
        builder.build().map_err(|error| Error::Config {
            message: format!("the HTTP client cannot be set up: {error}"),
            hint: "check `ca` and `proxy`".into(),
        })
    }
}

fn parse(proxy: &str) -> Result<reqwest::Proxy> {
    reqwest::Proxy::all(proxy).map_err(|error| Error::Config {
        message: format!("`proxy` is not usable: {error}"),
        hint: "write a URL, `http://proxy.example:3128`".into(),
    })
}

/// The host of a proxy, which its operator has named and which may be an inner one.
fn host(proxy: &str) -> Option<String> {
    let url = reqwest::Url::parse(proxy).ok()?;
    url.host_str().map(Into::into)
}

/// The Mozilla roots compiled in, so that a bare container has some, and the operator's own.
fn tls(config: &ClientConfig) -> Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    if let Some(pem) = &config.ca {
        let bad = |what: String| Error::Config {
            message: format!("`ca` is not usable: {what}"),
            hint: "give a PEM file with one or more `BEGIN CERTIFICATE` blocks".into(),
        };
        let certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
            .map_err(|error| bad(error.to_string()))?;
        if certificates.is_empty() {
            return Err(bad("it holds no certificate".into()));
        }
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject as _;
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| bad(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| bad(error.to_string()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Config {
            message: format!("TLS cannot be set up: {error}"),
            hint: "this is a bug of Tidegate".into(),
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(tls)
}
