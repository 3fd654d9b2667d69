//! `tidegate serve`: the gateway, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use tidegate_gateway::{Gateway, GatewayConfig};
use tidegate_host::{Outcome, Runtime};
use tokio::net::TcpListener;

use crate::arguments::ServeArguments;
use crate::failure::{Exit, Failure, print_note, print_warning};
use crate::interrupt::Interrupt;
use crate::loaded::Loaded;
use crate::setup::Setup;
use crate::terminal::Output;

pub async fn run(
    setup: Setup,
    arguments: ServeArguments,
    mut interrupt: Interrupt,
) -> Result<Exit, Failure> {
    let runtime = interrupt.ends(runtime(&setup)).await?;
    let mut config = GatewayConfig::default();
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    let listen = config.listen;
    let gateway = Gateway::new(runtime, config)?;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| cannot_listen(listen, &error))?;
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
    }
    Ok(Exit::Done)
}

/// All providers. One that cannot work is no reason to keep the others from it: its calls fail, and
/// say why.
async fn runtime(setup: &Setup) -> Result<Runtime, Failure> {
    let mut builder = Runtime::builder()
        .client(setup.client())
        .audit(Arc::new(|record| {
            if let Outcome::Denied(sentence) = &record.outcome {
                print_warning(sentence);
            }
        }));
    let mut names = vec![];
    for name in setup.names() {
        let loaded = setup.load(&name).await?;
        if let Some(lacking) = lacking(&loaded) {
            if !loaded.is_configured {
                print_note(&format!("provider `{name}` is left out: it {lacking}"));
                continue;
            }
            print_warning(&format!("provider `{name}` {lacking}"));
        }
        if let Some(note) = loaded.note() {
            print_note(&note);
        }
        builder = builder.provider(loaded.name, loaded.component, loaded.config);
        names.push(name);
    }
    print_note(&format!("providers: {}", names.join(", ")));
    Ok(builder.build()?)
}

fn lacking(loaded: &Loaded) -> Option<String> {
    if let Some(credential) = loaded.missing_credentials().next() {
        let variable = credential.environment.as_deref();
        let variable = variable
            .map(|variable| format!(" (`{variable}`)"))
            .unwrap_or_default();
        return Some(format!("has no `{}`{variable}", credential.name));
    }
    let setting = loaded.missing_settings().next()?;
    Some(format!("needs the setting `{}`", setting.name))
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("cannot listen on `{address}`: {error}"),
        "choose another address with `--listen`; port 0 takes any that is free",
    )
}
