//! `tidegate serve`: the gateway and its admin API, until told to stop.

mod reload;

mod changes;

mod program;

mod wiring;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::available_parallelism;

use tidegate_config::find;
use tidegate_gateway::{Admin, Gateway};
use tidegate_host::{AuditTail, Outcome, Runtime};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::allocator;
use crate::arguments::{Common, ServeArguments};
use crate::failure::{Exit, Failure, print_note, print_warning};
use crate::interrupt::Interrupt;
use crate::setup::{Setup, configuration, environment};
use crate::terminal::Output;
use changes::Changes;
use program::ServingProgram;
use reload::Reloader;

/// Audit records that are kept for each thread: the last minutes of a busy gateway, in a few hundred KiB.
const RECORDS: usize = 1_024;

pub async fn run(
    common: Common,
    arguments: ServeArguments,
    mut interrupt: Interrupt,
) -> Result<Exit, Failure> {
    // First of all, so that what is said or changed while the components are compiled is noticed.
    interrupt.hear_terminate()?;
    let mut changes = Changes::new();
    let file = find(common.config.as_deref(), &environment());
    changes.watch(file.clone());
    let read = configuration(&common)?;
    if let (_, Some(config)) = &read {
        changes.watch(file.into_iter().chain(config.files.clone()));
    }
    let mut setup = Setup::serving(common, read)?;
    let mut config = wiring::gateway(setup.config())?;
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    let admin = setup.config().map(wiring::admin).transpose()?.flatten();
    let tail = Arc::new(AuditTail::new(
        available_parallelism().map_or(1, Into::into),
        RECORDS,
    ));
    let tail_of = admin.is_some().then(|| tail.clone());
    let runtime = interrupt.ends(runtime(&setup, tail_of)).await?;
    let address = config.listen;
    let gateway = Gateway::new(runtime.clone(), config)?;
    let admin_listen = setup
        .config()
        .and_then(|it| Some(it.admin.as_ref()?.listen));
    // From here on there are only their hashes.
    if let Some(config) = setup.config_mut() {
        config.forget_keys();
    }
    let (program, asked) = ServingProgram::new(setup.clone());
    let admin = match admin {
        Some(config) => {
            let (engine, program) = (setup.engine().clone(), Arc::new(program));
            Some(Admin::new(&gateway, engine, tail, program, config)?)
        }
        None => None,
    };

    // Both addresses are its own before it says that it listens on one.
    let listener = listen(address, "choose another address with `--listen`").await?;
    gateway.check_address(listener.local_addr()?)?;
    let admin_listener = match admin_listen {
        Some(address) => Some(listen(address, "choose another `admin.listen`").await?),
        None => None,
    };
    let mut output = Output::new();
    output.line(&format!("listening on http://{}", listener.local_addr()?))?;
    if let Some(listener) = &admin_listener {
        let address = listener.local_addr()?;
        output.line(&format!("admin on http://{address}"))?;
        if !address.ip().is_loopback() {
            print_warning(
                "whoever is on the way to `admin.listen` can read the admin key\nhint: put something that speaks `https` in front of it, and let nothing else reach it",
            );
        }
    }

    // Each on a task of its own: none of them waits while another one compiles, or reads a file.
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn({
        let gateway = gateway.clone();
        async move { gateway.serve(listener, over(stopped)).await }
    });
    // Operators look on while the gateway drains.
    let (stop_admin, admin_stopped) = oneshot::channel::<()>();
    let serving_admin = admin.clone().zip(admin_listener).map(|(admin, listener)| {
        tokio::spawn(async move { admin.serve(listener, over(admin_stopped)).await })
    });
    let reloader = Reloader::new(setup, runtime, gateway, admin, changes);
    let reloading = tokio::spawn(reloader.run(asked));

    let giving_back = tokio::spawn(allocator::give_back());

    // Two words: the first lets what is under way end, the second does not.
    let words = async {
        interrupt.told_to_stop().await;
        print_note("stopping: what is under way may end; a second Ctrl-C ends it at once");
        let _ = stop.send(());
        interrupt.told_to_stop().await;
    };
    let ending = async {
        let served = serving.await;
        let _ = stop_admin.send(());
        if let Some(serving_admin) = serving_admin {
            let _ = serving_admin.await;
        }
        served
    };
    let served = tokio::select! {
        served = ending => served,
        () = words => return Err(Failure::Interrupted),
    };
    reloading.abort();
    giving_back.abort();
    match served {
        Ok(served) => served?,
        Err(panic) => return Err(Failure::Output(std::io::Error::other(panic))),
    }
    Ok(Exit::Done)
}

/// All providers and routes. One provider that cannot work is no reason to keep the others from it:
/// its calls fail, and say why.
async fn runtime(setup: &Setup, tail: Option<Arc<AuditTail>>) -> Result<Runtime, Failure> {
    let mut builder = wiring::builder(setup).await?;
    if let Some(tail) = tail {
        builder = builder.audit_tail(tail);
    }
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

async fn listen(address: SocketAddr, hint: &str) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| {
        Failure::usage(
            format!("cannot listen on `{address}`: {error}"),
            format!("{hint}; port 0 takes any that is free"),
        )
    })
}

/// Completes with the word, or when nobody is left to give it.
async fn over(stopped: oneshot::Receiver<()>) {
    let _ = stopped.await;
}
