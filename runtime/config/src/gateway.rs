//! `[gateway]`: where callers are served, who they are, and how long they are waited for.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::key::{self, GatewayKey};
use crate::listen;
use crate::problem::Problems;
use crate::range::{narrow, read_count, read_size, read_time};
use crate::surroundings::Surroundings;
use crate::table::{Table, Value};
use crate::web;

const DAY: u64 = 86_400_000;

/// Where callers are served, who they are, and how long they are waited for.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Who may call. Nobody is asked for a key where there is none, which is for loopback only.
    pub keys: Vec<GatewayKey>,
    /// The origins whose pages may call, in the form in which browsers send them, or `*`.
    pub cors_origins: Vec<String>,
    /// The largest body of a request, in bytes.
    pub body: usize,
    /// Threads that serve connections. `None`: one per core.
    pub threads: Option<usize>,
    /// Connections at once; more are answered with status 503.
    pub connections: usize,
    /// Until the head of a request is complete, the connection's idle time before it included.
    pub header_timeout: Duration,
    /// Until the body of a request is complete.
    pub body_timeout: Duration,
    /// Until a caller takes the next piece of an answer.
    pub write_timeout: Duration,
    /// After so long without an event, a stream gets a comment that keeps its connection alive.
    pub sse_keep_alive: Duration,
    /// How long to wait for the list of one provider's models.
    pub models_timeout: Duration,
    /// How long a list of models is good for.
    pub models_age: Duration,
    /// How long calls under way have to end once the process is told to.
    pub drain: Duration,
}

impl Default for Gateway {
    fn default() -> Self {
        Gateway {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            keys: Vec::new(),
            cors_origins: Vec::new(),
            // What a provider may send on, by default.
            body: 32 << 20,
            threads: None,
            connections: 10_000,
            header_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            // Proxies and load balancers cut at 60 s or, some of them, at 30.
            sse_keep_alive: Duration::from_secs(15),
            models_timeout: Duration::from_secs(10),
            models_age: Duration::from_secs(60),
            drain: Duration::from_secs(30),
        }
    }
}

pub(crate) fn read(
    mut table: Table,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> Gateway {
    let mut gateway = Gateway::default();
    let listen = listen::read(table.take("listen"), gateway.listen, &table.span, problems);
    gateway.listen = listen.address;
    let keys = table.take("keys");
    // Where keys were meant and are wrong, that is what is told.
    if keys.as_ref().is_none_or(Value::is_empty_list) && !listen.address.ip().is_loopback() {
        let (address, port) = (listen.address, listen.address.port());
        problems.add(
            &listen.span,
            format!("`gateway` listens on `{address}` without keys: whoever reaches it would spend your money"),
            format!("add `keys`, or listen on `\"127.0.0.1:{port}\"`"),
        );
    }
    if let Some(value) = keys {
        gateway.keys = key::read_all(&value, surroundings, problems);
    }
    if let Some(value) = table.take("cors-origins") {
        let items = value.items(
            "a list of origins",
            r#"["https://app.example.com"]"#,
            problems,
        );
        let items = items.unwrap_or_default();
        gateway.cors_origins = items
            .iter()
            .filter_map(|item| web::origin(item, problems))
            .collect();
    }
    if let Some(value) = table.take("body") {
        let read = read_size(&value, 1 << 10, 1 << 30, problems);
        gateway.body = read.map_or(gateway.body, narrow);
    }
    if let Some(value) = table.take("threads") {
        gateway.threads = read_count(&value, 1, 1_024, problems).map(narrow);
    }
    if let Some(value) = table.take("connections") {
        let read = read_count(&value, 1, 1_000_000, problems);
        gateway.connections = read.map_or(gateway.connections, narrow);
    }
    for (name, field) in [
        ("header-timeout", &mut gateway.header_timeout),
        ("body-timeout", &mut gateway.body_timeout),
        ("write-timeout", &mut gateway.write_timeout),
        ("sse-keep-alive", &mut gateway.sse_keep_alive),
        ("models-timeout", &mut gateway.models_timeout),
        ("models-age", &mut gateway.models_age),
        ("drain", &mut gateway.drain),
    ] {
        if let Some(value) = table.take(name)
            && let Some(milliseconds) = read_time(&value, 1, DAY, problems)
        {
            *field = Duration::from_millis(milliseconds);
        }
    }
    table.finish(problems);
    gateway
}
