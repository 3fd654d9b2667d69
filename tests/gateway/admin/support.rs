//! A gateway with its admin API, and what an operator sees of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value;
use tidegate_gateway::{
    Admin, AdminConfig, GatewayConfig, Program, Refusal, RefusalKind, Reloaded,
};
use tidegate_host::grants::Secret;
use tidegate_host::{AuditTail, Component, ProviderConfig, Runtime, RuntimeBuilder};
use tidegate_tests::guests::{chameleon, component, engine};
use tidegate_tests::upstream::Upstream;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{Answered, Served};

pub const KEY: &str = "tg-admin-0123456789";

/// A gateway with its admin API.
pub struct Operated {
    pub served: Served,
    pub admin: Admin,
    pub program: Arc<TestProgram>,
    address: String,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// Knows the guests of the tests by name, and reads what a test says for a configuration.
#[derive(Default)]
pub struct TestProgram {
    /// What has been compiled; `serve` keeps that on disk.
    loaded: Arc<tokio::sync::Mutex<HashMap<String, Component>>>,
    reload: Mutex<Option<Result<Reloaded, Refusal>>>,
}

impl TestProgram {
    /// What the next reload comes to.
    pub fn reloads_to(&self, outcome: Result<Reloaded, Refusal>) {
        *self.reload.lock().unwrap() = Some(outcome);
    }
}

impl Program for TestProgram {
    fn component(&self, source: String) -> BoxFuture<'static, Result<Component, Refusal>> {
        let loaded = self.loaded.clone();
        async move {
            let Some(role) = source.strip_prefix("bundled:") else {
                return Ok(Component::from_file(engine(), source).await?);
            };
            let mut loaded = loaded.lock().await;
            if let Some(component) = loaded.get(role) {
                return Ok(component.clone());
            }
            let component = chameleon(role).await?;
            loaded.insert(role.into(), component.clone());
            Ok(component)
        }
        .boxed()
    }

    fn reload(&self) -> BoxFuture<'static, Result<Reloaded, Refusal>> {
        let outcome = self.reload.lock().unwrap().take();
        let nothing = || Err(Refusal::new(RefusalKind::Configuration, "there is no file"));
        let outcome = outcome.unwrap_or_else(nothing);
        async { outcome }.boxed()
    }
}

impl Operated {
    pub async fn new(builder: RuntimeBuilder, config: GatewayConfig) -> Operated {
        let tail = Arc::new(AuditTail::new(2, 100));
        let runtime = builder.audit_tail(tail.clone()).build().unwrap();
        let served = Served::new(runtime, config).await;
        let program = Arc::<TestProgram>::default();
        let secrets = vec![Secret::new(KEY), Secret::new("tg-admin-next")];
        let config = AdminConfig::with_keys(secrets);
        let (gateway, engine) = (&served.gateway, engine().clone());
        let admin = Admin::new(gateway, engine, tail, program.clone(), config).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel();
        let serves = admin.clone();
        let serving = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serves.serve(listener, stopped).await.unwrap();
        });
        Operated {
            served,
            admin,
            program,
            address,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            stop: Some(stop),
            serving: Some(serving),
        }
    }

    /// With a chameleon that may reach an upstream, and `echo`.
    pub async fn chameleon_at(upstream: &Upstream) -> Operated {
        let config = ProviderConfig::new().allow(upstream.url("/*"));
        let builder = Runtime::builder()
            .provider("chameleon", chameleon("version-1").await.unwrap(), config)
            .provider("echo", component("echo").await, ProviderConfig::new());
        Operated::new(builder, GatewayConfig::default()).await
    }

    /// With `echo` alone.
    pub async fn echo() -> Operated {
        let echo = component("echo").await;
        let builder = Runtime::builder().provider("echo", echo, ProviderConfig::new());
        Operated::new(builder, GatewayConfig::default()).await
    }

    /// A request with the key.
    pub fn ask(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.without_key(method, path).bearer_auth(KEY)
    }

    pub fn without_key(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        let url = format!("http://{}{path}", self.address);
        self.client.request(method, url)
    }

    /// Asks with the key, and expects status 200 and JSON.
    pub async fn get(&self, path: &str) -> Value {
        good(self.ask("GET", path)).await
    }

    pub async fn post(&self, path: &str) -> Value {
        good(self.ask("POST", path)).await
    }

    /// Swaps by a name that the program knows.
    pub fn swap_to(&self, provider: &str, name: &str) -> reqwest::RequestBuilder {
        let body = serde_json::json!({ "component": name });
        self.ask("PUT", &format!("/admin/providers/{provider}"))
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Swaps by bytes.
    pub fn swap_in(&self, provider: &str, bytes: Vec<u8>) -> reqwest::RequestBuilder {
        self.ask("PUT", &format!("/admin/providers/{provider}"))
            .header("content-type", "application/wasm")
            .body(bytes)
    }

    /// Tells the admin API to stop, and waits until it has.
    pub async fn stop(&mut self) {
        self.stop.take();
        let serving = self.serving.take().unwrap();
        tokio::time::timeout(crate::support::PATIENCE, serving)
            .await
            .unwrap()
            .unwrap();
    }

    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Expects status 200 and JSON.
pub async fn good(request: reqwest::RequestBuilder) -> Value {
    let answer = Answered::of(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// Expects a refusal of this status and type, and gives back its message and hint.
#[track_caller]
pub fn refused(answer: &Answered, status: u16, kind: &str) -> (String, String) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let error = answer.error();
    assert_eq!(error["type"], kind, "{error}");
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (text("message"), text("hint"))
}
