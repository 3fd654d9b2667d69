//! What is measured: processes on a core of their own, behind one address each.

mod tidegate;
mod nginx;
mod process;

use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;

use crate::Arguments;
use crate::native;

pub use process::Process;
pub use tidegate::{ADMIN_KEY, Gateway};

/// A process, and what to ask it for.
pub struct Contender {
    pub name: String,
    pub process: Rc<Process>,
    /// What stands before the model's name, up to and including the slash.
    pub prefix: &'static str,
}

impl Contender {
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// All that can be compared, started. The first is what the others are set beside.
pub fn start(
    arguments: &Arguments,
    upstream: SocketAddr,
    folder: &Path,
) -> Result<(Vec<Contender>, Vec<Gateway>)> {
    let (binaries, native) = match arguments.binary.as_slice() {
        [] => {
            let built = tidegate::build()?;
            (vec![built.tidegate], built.native)
        }
        given => (given.to_vec(), std::env::current_exe()?),
    };
    let mut contenders = vec![Contender {
        name: "native, no sandbox".into(),
        process: Rc::new(start_natively(&native, upstream)?),
        prefix: "openai/",
    }];
    match nginx::start(upstream, folder)? {
        Some(process) => contenders.push(Contender {
            name: "nginx (passes on, no LLM work)".into(),
            process: Rc::new(process),
            prefix: "",
        }),
        None => println!("nginx is not installed, and not compared"),
    }
    let mut gateways = Vec::new();
    for (index, binary) in binaries.iter().enumerate() {
        let folder = folder.join(format!("tidegate-{index}"));
        let gateway = Gateway::new(binary, upstream, arguments.component.as_deref(), &folder)?;
        // The first one compiles, and takes memory for that; the others find what it has compiled.
        drop(gateway.start()?);
        let process = Rc::new(gateway.start()?);
        let which = match binaries.len() {
            1 => String::new(),
            _ => format!(" [{}]", index + 1),
        };
        for (name, prefix) in tidegate::WAYS {
            contenders.push(Contender {
                name: format!("{name}{which}"),
                process: process.clone(),
                prefix,
            });
        }
        gateways.push(gateway);
    }
    if let Some(word) = &arguments.contender {
        contenders.retain(|contender| contender.name.contains(word.as_str()));
    }
    Ok((contenders, gateways))
}

/// This program once more, as the contender without a sandbox.
fn start_natively(program: &Path, upstream: SocketAddr) -> Result<Process> {
    let origin = format!("http://{upstream}");
    Process::start(program, &["--native", &origin], &[], process::said_one)
}

/// What that process does.
pub async fn serve_natively(origin: &str) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let upstream = format!("{origin}/v1/chat/completions");
    native::serve(listener, upstream.parse().context("the upstream")?).await
}
