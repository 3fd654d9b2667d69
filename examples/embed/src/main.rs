//! Tidegate as a library: load a provider, stream an answer, look at what it cost.
//!
//!     cargo run -p tidegate-example-embed
//!
//! Runs without a key. Give it the path of a component to run that one instead of `echo`.

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use tidegate_host::types::{ChatRequest, Message, StreamEvent};
use tidegate_host::{Component, Engine, EngineConfig, ProviderConfig, Runtime};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let engine = Engine::new(EngineConfig::default())?;
    let component = match std::env::args().nth(1) {
        Some(path) => Component::from_file(&engine, path).await?,
        None => {
            let echo = tidegate_bundle::component("echo").context("`echo` is not bundled")?;
            Component::from_bytes(&engine, "echo", echo).await?
        }
    };
    let info = component.info();
    println!("{} {}: {}", info.name, info.version, info.description);
    for want in &info.wants {
        println!("  wants {} {}", want.pattern, want.reason);
    }

    // The grant is yours to give. This one is empty: the provider cannot reach anything.
    let runtime = Runtime::builder()
        .provider("mine", component, ProviderConfig::new())
        .build()?;

    let question = Message::user("The tide comes in twice a day.");
    let mut answer = runtime
        .stream(ChatRequest::new("mine/echo-1", vec![question]))
        .await?;
    while let Some(event) = answer.next().await {
        match event? {
            StreamEvent::TextDelta(delta) => print!("{}", delta.text),
            StreamEvent::Finish(finish) => println!("\n{:?}", finish.reason),
            _ => {}
        }
    }
    let cost = answer.cost();
    println!("{:?} of CPU, {} KiB of memory", cost.cpu, cost.memory >> 10);
    Ok(())
}
