//! The pooled HTTP clients: one per address policy, so that no provider ever travels on a
//! connection that another one was allowed to open and it is not.
//!
//! What is dialled goes through hyper-util's pool, which costs less than reqwest's layers on
//! top of the same pool do. Behind an operator's proxy it goes through reqwest, which knows proxies.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use reqwest::redirect::Policy;
use tidegate_grants::{AddressDenied, AddressPolicy};

use crate::egress::body::Body;
use crate::egress::connect::{self, Connector};
use crate::egress::lane::{LANES, Lane};
use crate::egress::load::{Load, POOLS};
use crate::egress::resolver::{Guarded, Resolver};
use crate::egress::tls;
use crate::error::{Error, Result};

/// How long a connection may take to open, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept: under the 60 s after which most load balancers close it.
const KEEP_ALIVE: Duration = Duration::from_secs(50);
/// What an HTTP/2 stream may have in flight. At 30 ms to the upstream it is 8 MiB/s, and nothing a
/// model says comes faster.
const STREAM_WINDOW: u32 = 256 << 10;
/// What all streams of an HTTP/2 connection may have in flight together: the windows of 256 streams,
/// more than servers allow at once, so that a caller who stops reading never stalls the others.
const CONNECTION_WINDOW: u32 = 256 * STREAM_WINDOW;
/// How often a quiet HTTP/2 connection with open streams is asked whether it is still there. One
/// that does not answer for 20 s is closed.
const PING: Duration = Duration::from_secs(20);

/// What the client itself takes of an answer's headers over HTTP/2; `limits.header-bytes` is what is
/// configured, and is checked after it. Over HTTP/1 it takes 100 headers, for which it has room on the
/// stack; more would cost every answer an allocation.
const HEADER_BYTES: u32 = 1 << 20;

/// What operators set about outbound connections.
#[derive(Clone, Default, PartialEq)]
pub struct ClientConfig {
    /// Certificates trusted beside the usual roots, as the text of a PEM file.
    pub ca: Option<String>,
    /// A proxy for requests to public addresses, `http://proxy.example:3128`. The environment is
    /// never asked. What is granted by address, as `localhost`, or with `private = true` goes there
    /// directly.
    pub proxy: Option<String>,
}

impl ClientConfig {
    /// What TLS connections trust: the usual roots and [`ca`](ClientConfig::ca). For connections that
    /// whoever runs providers makes himself.
    pub fn tls(&self) -> Result<rustls::ClientConfig> {
        tls::config(self.ca.as_deref())
    }
}

/// The URL of a proxy may hold a password.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientConfig")
            .field("ca", &self.ca)
            .field("proxy", &self.proxy.as_deref().map(host))
            .finish()
    }
}

pub(crate) struct Clients {
    resolver: Arc<dyn Resolver>,
    config: ClientConfig,
    tls: rustls::ClientConfig,
    clients: RwLock<HashMap<AddressPolicy, Client>>,
}

type Pool = legacy::Client<Connector, Full<Bytes>>;

/// The client for one address policy. Cloning gives another handle on the same connections.
#[derive(Clone)]
pub(crate) enum Client {
    /// Dials what its resolver returns.
    Direct(Arc<Direct>),
    /// Leaves dialling to the proxy.
    Proxied(reqwest::Client),
}

/// Pools of connections by lane, made when they are needed.
pub(crate) struct Direct {
    lanes: [OnceLock<Box<[OnceLock<Pool>; POOLS]>>; LANES],
    connector: Connector,
    /// By origin, for as long as somebody asks for it.
    loads: Mutex<HashMap<String, Weak<Load>>>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error(transparent)]
    Direct(#[from] legacy::Error),
    #[error(transparent)]
    Proxied(#[from] reqwest::Error),
}

impl ClientError {
    /// Whether there was no connection to send on.
    pub(crate) fn is_connect(&self) -> bool {
        match self {
            ClientError::Direct(error) => error.is_connect(),
            ClientError::Proxied(error) => error.is_connect(),
        }
    }

    /// Whether a connection took too long to open.
    pub(crate) fn is_timeout(&self) -> bool {
        match self {
            ClientError::Direct(error) => connect::is_timeout(error),
            ClientError::Proxied(error) => error.is_timeout(),
        }
    }

    pub(crate) fn cause(&self) -> &(dyn StdError + 'static) {
        match self {
            ClientError::Direct(error) => error,
            ClientError::Proxied(error) => error,
        }
    }
}

impl Client {
    /// What is known of an origin, `https://api.example.com`, to send with.
    pub(crate) fn load(&self, origin: &str) -> Arc<Load> {
        match self {
            Client::Direct(direct) => direct.load(origin),
            Client::Proxied(_) => Arc::default(),
        }
    }

    /// Sends a request and returns the head of its answer.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        load: &Arc<Load>,
    ) -> std::result::Result<Response<Body>, ClientError> {
        match self {
            Client::Direct(direct) => {
                let place = load.enter(Lane::current());
                let pool = direct.pool(place.lane, place.pool);
                let sending = pool.request(request.map(Full::new));
                let answer = sending.await?;
                Ok(answer.map(|body| Body::Direct {
                    body,
                    _place: place,
                }))
            }
            Client::Proxied(client) => {
                let request = request.try_into().map_err(reqwest::Error::without_url)?;
                let answer = client.execute(request).await;
                // The URL may hold a credential.
                let answer = answer.map_err(reqwest::Error::without_url)?;
                Ok(Response::from(answer).map(Body::Proxied))
            }
        }
    }
}

impl Direct {
    fn new(connector: Connector) -> Self {
        Direct {
            lanes: std::array::from_fn(|_| OnceLock::new()),
            connector,
            loads: Mutex::default(),
        }
    }

    fn load(&self, origin: &str) -> Arc<Load> {
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(load) = loads.get(origin).and_then(Weak::upgrade) {
            return load;
        }
        // A guest may ask for names without end where a grant has a `*`.
        loads.retain(|_, load| load.strong_count() > 0);
        let load = Arc::new(Load::default());
        loads.insert(origin.into(), Arc::downgrade(&load));
        load
    }

    fn pool(&self, lane: Lane, pool: usize) -> &Pool {
        let pools = lane.of(&self.lanes);
        let pools = pools.get_or_init(|| Box::new(std::array::from_fn(|_| OnceLock::new())));
        let [first, ..] = &**pools;
        let pool = pools.get(pool).unwrap_or(first);
        pool.get_or_init(|| pooled(self.connector.clone()))
    }
}

fn pooled(connector: Connector) -> Pool {
    legacy::Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(KEEP_ALIVE)
        // Sends again what a connection that was closing never took, and nothing else: all other
        // retries are the router's, where they are counted and seen.
        .retry_canceled_requests(true)
        .http2_max_header_list_size(HEADER_BYTES)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(PING)
        .build(connector)
}

impl Clients {
    pub(crate) fn new(resolver: Arc<dyn Resolver>, config: ClientConfig) -> Result<Self> {
        let clients = Clients {
            resolver,
            tls: tls::config(config.ca.as_deref())?,
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
    pub(crate) fn of(&self, policy: AddressPolicy) -> Result<Client> {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&policy) {
            return Ok(client.clone());
        }
        drop(clients);
        // A proxy would make `localhost` its own machine, and carry the key there in clear text.
        let client = match &self.config.proxy {
            Some(proxy) if policy == AddressPolicy::Public => self.proxied(proxy, policy)?,
            _ => self.direct(policy),
        };
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        Ok(clients.entry(policy).or_insert(client).clone())
    }

    fn direct(&self, policy: AddressPolicy) -> Client {
        let resolver = Guarded {
            resolver: self.resolver.clone(),
            policy,
            exempt: None,
        };
        let connector = Connector::new(resolver, self.tls.clone(), CONNECT_TIMEOUT);
        Client::Direct(Arc::new(Direct::new(connector)))
    }

    fn proxied(&self, proxy: &str, policy: AddressPolicy) -> Result<Client> {
        let unusable = |error: reqwest::Error| Error::Config {
            message: format!("`proxy` is not usable: {error}"),
            hint: "write a URL, `http://proxy.example:3128`".into(),
        };
        let mut tls = self.tls.clone();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Guarded {
                resolver: self.resolver.clone(),
                policy,
                exempt: host(proxy),
            })
            // A redirect would be a request that nobody granted.
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .proxy(reqwest::Proxy::all(proxy).map_err(unusable)?)
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(KEEP_ALIVE)
            .http2_max_header_list_size(HEADER_BYTES)
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            .http2_keep_alive_interval(PING)
            .build()
            .map(Client::Proxied)
            .map_err(unusable)
    }
}

/// The host of a proxy, which its operator has named and which may be an inner one.
fn host(proxy: &str) -> Option<String> {
    let url = reqwest::Url::parse(proxy).ok()?;
    url.host_str().map(Into::into)
}
