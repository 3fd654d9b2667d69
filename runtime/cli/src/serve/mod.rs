//! `tidegate serve`: the gateway, until it is told to stop.

mod reload;

mod changes;

mod wiring;

use std::net::SocketAddr;
use std::sync::Arc;

use tidegate_gateway::Gateway;
use tidegate_host::{Outcome, Runtime};
use tokio::net::TcpListener;

use crate::arguments::ServeArguments;
use crate::failure::{Exit, Failure, print_note, print_warning};
use crate::interrupt::Interrupt;
use crate::setup::Setup;
use crate::terminal::Output;

pub async fn run(
    setup: Setup,
    arguments: ServeArguments,
    mut interrupt: Interrupt,
) -> Result<Exit, Failure> {
    let mut config = wiring::gateway(setup.config())?;
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    for section in setup.config().into_iter().flat_map(wiring::without_effect) {
        print_warning(&format!("`{section}` has no effect in this release"));
    }
    let runtime = interrupt.ends(runtime(&setup)).await?;
    let listen = config.listen;
    let gateway = Gateway::new(runtime.clone(), config)?;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| cannot_listen(listen, &error))?;
    gateway.check_address(listener.local_addr()?)?;
    Output::new().line(&format!("listening on http://{}", listener.local_addr()?))?;
    // Two ends of one thread: the first word to stop lets what is under way end, the second does not.
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let words = async {
        interrupt.told_to_stop().await;
        print_note("stopping: what is under way may end; a second Ctrl-C ends it at once");
        let _ = stop.send(());
        interrupt.told_to_stop().await;
    };
    let stopping = async {
        let _ = stopped.await;
    };
    tokio::select! {
        served = gateway.serve(listener, stopping) => served?,
        () = words => return Err(Failure::Interrupted),
        never = reload::run(setup, &runtime, &gateway) => match never {},
    }
    Ok(Exit::Done)
}

/// All providers and routes. One provider that cannot work is no reason to keep the others from it:
/// its calls fail, and say why.
async fn runtime(setup: &Setup) -> Result<Runtime, Failure> {
    let builder = wiring::builder(setup).await?;
    let runtime = builder.audit(Arc::new(|record| {
        if let Outcome::Denied(sentence) = &record.outcome {
            print_warning(sentence);
        }
    }));
    let runtime = runtime.build()?;
    let names: Vec<String> = runtime.providers().map(|it| it.name().into()).collect();
    print_note(&format!("providers: {}", names.join(", ")));
    Ok(runtime)
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("cannot listen on `{address}`: {error}"),
        "choose another address with `--listen`; port 0 takes any that is free",
    )
}
