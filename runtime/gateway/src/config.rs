//! What an operator decides about the gateway, with a default for everything.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use http::HeaderMap;
use tidegate_host::grants::Secret;
use tidegate_host::{Budget, RateLimits};
use tracing::Span;

/// The configuration of a gateway.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Where to listen. Default: `127.0.0.1:8080`.
    ///
    /// [`Gateway::serve`](crate::Gateway::serve) takes a listener and does not look at it.
    pub listen: SocketAddr,
    /// Who may call. Default: nobody has a key, and everyone on this machine may call; such a
    /// gateway refuses to listen on another address than loopback.
    pub keys: Vec<KeyConfig>,
    /// The largest request body, in bytes. Default: 32 MiB, which holds a few pictures in base64.
    pub body_limit: usize,
    /// How long a request body may take to arrive. Default: 60 s.
    pub body_timeout: Duration,
    /// How long a client may take to send the head of a request, and how long a connection may be
    /// idle between two. Default: 60 s.
    pub header_timeout: Duration,
    /// How long a client may leave what is sent to it unread. Default: 60 s.
    ///
    /// Without this limit a client that stops reading would hold a provider's instance and its
    /// connection for as long as it likes.
    pub write_timeout: Duration,
    /// How many threads of their own serve connections, each with a runtime to itself. Default: 0, the
    /// runtime that [`Gateway::serve`](crate::Gateway::serve) is called on. One per core is the
    /// fastest; the command uses that.
    pub threads: usize,
    /// How many connections may be open. Default: 10,000. More are answered with status 503.
    pub connections: usize,
    /// How long a stream may be silent before a comment is sent, so that proxies in between do not
    /// take it for dead. Default: 15 s.
    pub keep_alive: Duration,
    /// How long requests under way may go on after the gateway was told to stop. Default: 30 s.
    pub drain: Duration,
    /// Web origins whose pages may call, `https://app.example.com`, or `*` for all. Default: none.
    pub cors_origins: Vec<String>,
    /// How long to wait for the list of one provider's models. Default: 10 s.
    pub models_timeout: Duration,
    /// How long a list of models is good for. Default: 60 s.
    pub models_age: Duration,
    /// What has to be presented at `/metrics` where there are `keys`: any of these. Default: none, and
    /// nobody sees the figures of such a gateway.
    pub metrics_keys: Vec<Secret>,
    /// Whether what is asked and answered is logged, under the target `tidegate::prompts`. Default: no.
    pub log_prompts: bool,
    /// Tells a tracer which trace of the caller's a request's span belongs to, by the headers. Called where
    /// somebody traces. Default: every request begins a trace.
    pub trace_parent: Option<fn(&Span, &HeaderMap)>,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        GatewayConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            keys: Vec::new(),
            body_limit: 32 << 20,
            body_timeout: Duration::from_secs(60),
            header_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            threads: 0,
            connections: 10_000,
            keep_alive: Duration::from_secs(15),
            drain: Duration::from_secs(30),
            cors_origins: Vec::new(),
            models_timeout: Duration::from_secs(10),
            models_age: Duration::from_secs(60),
            metrics_keys: Vec::new(),
            log_prompts: false,
            trace_parent: None,
        }
    }
}

/// A key that clients present.
#[derive(Debug, Clone)]
pub struct KeyConfig {
    /// What logs and metrics call its bearer.
    pub name: String,
    /// What the client sends: any of these, so that one can be replaced without a moment in which
    /// neither works. The gateway keeps their SHA-256 and forgets them.
    pub secrets: Vec<Secret>,
    /// Which models it may use: names as clients write them, with `*` for any text. Default: `*`.
    pub models: Vec<String>,
    /// How much it may ask for in a minute. Default: as much as comes.
    pub rates: RateLimits,
    /// How much it may spend. Default: as much as it costs. With a budget it may only use models whose
    /// price is configured.
    pub budget: Budget,
}

impl KeyConfig {
    /// A key that may use every model.
    pub fn new(name: impl Into<String>, secret: impl Into<String>) -> Self {
        KeyConfig {
            name: name.into(),
            secrets: vec![Secret::new(secret)],
            models: vec!["*".into()],
            rates: RateLimits::default(),
            budget: Budget::default(),
        }
    }

    /// Adds a secret that is as good as the first.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secrets.push(Secret::new(secret));
        self
    }

    /// Limits what it may ask for in a minute.
    pub fn rates(mut self, rates: RateLimits) -> Self {
        self.rates = rates;
        self
    }

    /// Limits what it may spend.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Narrows it to models whose names match one of these patterns.
    pub fn models<T: Into<String>>(mut self, patterns: impl IntoIterator<Item = T>) -> Self {
        self.models = patterns.into_iter().map(Into::into).collect();
        self
    }
}
