//! The same work through the real components.

use std::hint::black_box;

use futures::StreamExt as _;
use tidegate_host::types::*;
use tidegate_host::{
    CallOptions, Component, Engine, EngineConfig, Fault, Limits, ProviderConfig, Runtime,
};
use tidegate_tests::guests;

pub const SYSTEM: &str = "You are a lock-keeper. Answer in one sentence.";
pub const PROMPT: &str = "When does the tide come in, and who decides what comes with it?";

pub const STEPS: u32 = 1_000;

pub struct Sandbox {
    runtime: Runtime,
}

impl Sandbox {
    pub async fn new(origin: &str) -> Self {
        let engine = Engine::new(EngineConfig::default()).unwrap();
        let load = async |name| {
            let bytes = tidegate_bundle::component(name).unwrap();
            let component = Component::from_bytes(&engine, name, bytes).await;
            component.unwrap().trusted()
        };
        let openai = ProviderConfig::new()
            .allow(format!("{origin}/*"))
            .setting("base-url", format!("{origin}/v1"))
            .secret("api-key", "sk-bench-0123456789");
        let limits = Limits {
            concurrency: 4_000,
            ..Limits::default()
        };
        let rogue = Component::from_bytes(&engine, "rogue", guests::bytes("rogue"));
        let restless = Limits {
            again: STEPS,
            ..Limits::default()
        };
        let runtime = Runtime::builder()
            .provider(
                "rogue",
                rogue.await.unwrap(),
                ProviderConfig::new().limits(restless),
            )
            .provider("echo", load("echo").await, ProviderConfig::new())
            .provider("openai", load("openai").await, openai.limits(limits))
            .build()
            .unwrap();
        Sandbox { runtime }
    }

    /// An operation that the guest refuses at once: an instance, and next to nothing in it.
    pub async fn instantiate(&self) {
        let provider = self.runtime.provider("echo").unwrap();
        let operation = Operation::Other(NamedJson {
            name: "nothing".into(),
            json: "null".into(),
        });
        let mut outputs = provider
            .call(operation, CallOptions::default())
            .await
            .unwrap();
        assert!(outputs.next().await.unwrap().is_err());
    }

    pub async fn echo(&self, size: usize) {
        let text = "tide ".repeat(size / 5);
        let request = ChatRequest::new("echo/echo-1", vec![Message::user(text)]);
        let completion = self.runtime.complete(request).await.unwrap();
        black_box(completion);
    }

    pub async fn echo_events(&self, events: usize) {
        let text = "tide ".repeat(events);
        let request = ChatRequest::new("echo/echo-1", vec![Message::user(text)]);
        let mut stream = self.runtime.stream(request).await.unwrap();
        let mut seen = 0;
        while let Some(event) = stream.next().await {
            seen += 1;
            black_box(event.unwrap());
        }
        assert!(seen >= events);
    }

    /// A guest that asks for `again` until it is stopped: steps, and nothing in them.
    pub async fn steps(&self) {
        let request = ChatRequest::new("rogue/again", vec![Message::user("")]);
        let stopped = self.runtime.complete(request).await.unwrap_err();
        let tidegate_host::Error::Guest { fault, .. } = stopped else {
            panic!("{stopped}")
        };
        assert_eq!(fault, Fault::Again(STEPS));
    }

    fn request(&self) -> ChatRequest {
        ChatRequest::new(
            "openai/gpt-5-mini",
            vec![Message::text(Role::System, SYSTEM), Message::user(PROMPT)],
        )
    }

    pub async fn complete(&self) {
        let completion = self.runtime.complete(self.request()).await.unwrap();
        assert_eq!(completion.choices[0].finish, FinishReason::Stop);
        black_box(completion);
    }

    pub async fn stream(&self) {
        let mut stream = self.runtime.stream(self.request()).await.unwrap();
        let mut seen = 0;
        while let Some(event) = stream.next().await {
            if let StreamEvent::TextDelta(delta) = event.unwrap() {
                seen += 1;
                black_box(delta);
            }
        }
        assert_eq!(seen, crate::upstream::CHUNKS);
    }

    /// Memory of streams that are open and wait.
    pub async fn open_streams(&self, count: u64) {
        let mut open = Vec::new();
        let mut before = (0, 0);
        for index in 0..count + 50 {
            // The first fifty warm everything up.
            if index == 50 {
                before = crate::clock::resident();
            }
            let mut request = self.request();
            request.messages.push(Message::user("hold"));
            let mut stream = self.runtime.stream(request).await.unwrap();
            stream.next().await.unwrap().unwrap();
            open.push(stream);
        }
        let after = crate::clock::resident();
        let each = |before: u64, after: u64| (after - before) as f64 / count as f64;
        let (all, own) = (each(before.0, after.0), each(before.1, after.1));
        println!("\nmemory");
        println!(
            "  {:<36} {own:>10.1} KiB   ({all:.1} with shared pages)",
            "per open stream"
        );
    }
}
