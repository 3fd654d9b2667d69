//! A gateway on a local port, for as long as a test holds it, and what a client sees of it.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tidegate_gateway::{Gateway, GatewayConfig};
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::Upstream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A gateway that serves.
pub struct Served {
    pub runtime: Runtime,
    pub gateway: Gateway,
    address: SocketAddr,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Served {
    /// A gateway to `echo`, as it is configured by default.
    pub async fn echo() -> Served {
        Served::new(echo().await, GatewayConfig::default()).await
    }

    /// A gateway to `echo` and to `openai` at an upstream.
    pub async fn openai_at(upstream: &Upstream) -> Served {
        Served::new(with_openai(upstream).await, GatewayConfig::default()).await
    }

    pub async fn new(runtime: Runtime, config: GatewayConfig) -> Served {
        let gateway = Gateway::new(runtime.clone(), config).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serves = gateway.clone();
        let serving = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serves.serve(listener, stopped).await.unwrap();
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        Served {
            runtime,
            gateway,
            address,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            stop: Some(stop),
            serving: Some(serving),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(self.url(path))
    }

    pub fn post(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.post_text(path, body.to_string())
    }

    pub fn post_text(&self, path: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        let request = self.client.post(self.url(path)).body(body);
        request.header("content-type", "application/json")
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// Posts, and expects status 200 and JSON.
    #[track_caller]
    pub fn answer(&self, path: &str, body: &Value) -> impl Future<Output = Value> + use<> {
        let request = self.post(path, body);
        async move {
            let answer = Answered::of(request).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.json()
        }
    }

    /// Posts, and expects a whole stream of events.
    pub async fn stream(&self, path: &str, body: &Value) -> Vec<String> {
        let answer = Answered::of(self.post(path, body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "text/event-stream");
        answer.events()
    }

    /// A client that speaks HTTP/2 from the first byte.
    pub fn post_http2(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        let client = reqwest::Client::builder()
            .no_proxy()
            .http2_prior_knowledge();
        let request = client.build().unwrap().post(self.url(path));
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Posts by a client of the test's own, and expects an answer with status 200, read as far as its
    /// head.
    pub async fn post_by(
        &self,
        client: &reqwest::Client,
        path: &str,
        body: &Value,
    ) -> reqwest::Response {
        let request = client.post(self.url(path)).body(body.to_string());
        let request = request.header("content-type", "application/json");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer
    }

    /// A bare connection, for what no client library would send.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and gives back all that comes until the gateway hangs up.
    pub async fn raw(&self, bytes: &[u8]) -> String {
        let mut socket = self.connect().await;
        socket.write_all(bytes).await.unwrap();
        read_to_end(&mut socket).await
    }

    /// Calls of a provider that are under way.
    pub fn calls(&self, provider: &str) -> usize {
        self.runtime.provider(provider).unwrap().calls()
    }

    /// Waits until a provider has so many calls under way.
    pub async fn until_calls(&self, provider: &str, calls: usize) {
        let waiting = async {
            while self.calls(provider) != calls {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    }

    /// Waits until so many connections are open.
    pub async fn until_connections(&self, open: usize) {
        let waiting = async {
            let line = format!("\ntidegate_connections {open}.0\n");
            while !self.gateway.metrics().contains(&line) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    }

    /// Tells it to stop, and does not wait for it.
    pub fn stop(&mut self) {
        self.stop.take();
    }

    /// Waits until it has stopped.
    pub async fn stopped(&mut self) {
        let serving = self.serving.take().unwrap();
        tokio::time::timeout(PATIENCE, serving)
            .await
            .unwrap()
            .unwrap();
    }
}

/// As long as tests wait for what must happen, on a machine that is slow.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// All that comes until the peer hangs up. A reset is an end like any other.
pub async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let reading = async {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = socket.read(&mut piece).await {
            all.extend_from_slice(&piece[..length]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    String::from_utf8(all).unwrap()
}

/// A runtime with `echo`.
pub async fn echo() -> Runtime {
    let builder = Runtime::builder();
    let echo = component("echo").await;
    builder
        .provider("echo", echo, ProviderConfig::new())
        .build()
        .unwrap()
}

/// A runtime with `echo`, and `openai` at an upstream.
pub async fn with_openai(upstream: &Upstream) -> Runtime {
    Runtime::builder()
        .provider("echo", component("echo").await, ProviderConfig::new())
        .provider("openai", component("openai").await, openai_config(upstream))
        .build()
        .unwrap()
}

/// `openai` at an upstream.
pub fn openai_config(upstream: &Upstream) -> ProviderConfig {
    ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("base-url", upstream.url("/v1"))
        .secret("api-key", "sk-test-secret")
}

/// A whole answer.
pub struct Answered {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answered {
    pub async fn of(request: reqwest::RequestBuilder) -> Answered {
        let answer = request.send().await.unwrap();
        Answered {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_str(&self.text).unwrap()
    }

    /// The member `error` of the body.
    #[track_caller]
    pub fn error(&self) -> Value {
        self.json()["error"].clone()
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The data of server-sent events; comments are left out.
    pub fn events(&self) -> Vec<String> {
        events(&self.text)
    }
}

/// The data of server-sent events.
pub fn events(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines.map(Into::into).collect()
}
