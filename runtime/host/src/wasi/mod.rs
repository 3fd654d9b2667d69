//! WASI 0.2 for guests whose language runtime imports it: present, and empty. No folders, no
//! environment, no arguments, no sockets, no name lookup; what is printed goes to the bounded log,
//! and `wasi:http` goes through the same egress as a `fetch`.

mod http;
mod body;
mod stdio;

use std::sync::Arc;

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::budget::Budget;
use crate::egress::WayOut;
use crate::tap::Tap;
use crate::wasi::http::Hooks;
use crate::wasi::stdio::Log;

/// The most random bytes a guest gets in one call; language runtimes ask for a few dozen.
const RANDOM: u64 = 64 << 10;

/// On whose behalf a guest runs.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) way_out: Arc<WayOut>,
    pub(crate) request_id: Arc<str>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) tap: Option<Tap>,
}

/// The WASI side of a store. Nothing is made until a guest asks for it: most never do.
#[derive(Default)]
pub(crate) struct Wasi {
    /// `None` while a provider describes itself, when nothing is granted.
    caller: Option<Caller>,
    held: Option<Box<Held>>,
}

struct Held {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
}

impl Wasi {
    pub(crate) fn new(caller: Caller) -> Self {
        Wasi {
            caller: Some(caller),
            held: None,
        }
    }

    pub(crate) fn ctx(&mut self) -> WasiCtxView<'_> {
        let held = self.held();
        WasiCtxView {
            ctx: &mut held.wasi,
            table: &mut held.table,
        }
    }

    pub(crate) fn http(&mut self) -> WasiHttpCtxView<'_> {
        let held = self.held();
        WasiHttpCtxView {
            hooks: &mut held.hooks,
            table: &mut held.table,
            ctx: &mut held.http,
        }
    }

    /// Whether a request of the guest was given up because the host had no room for its body.
    pub(crate) fn is_out_of_room(&self) -> bool {
        self.held
            .as_ref()
            .is_some_and(|held| held.hooks.is_out_of_room())
    }

    fn held(&mut self) -> &mut Held {
        let caller = &self.caller;
        self.held.get_or_insert_with(|| {
            let log = Log::new(caller.as_ref());
            let mut builder = WasiCtx::builder();
            builder
                .stdout(log.clone())
                .stderr(log)
                .allow_tcp(false)
                .allow_udp(false)
                .allow_ip_name_lookup(false)
                .max_random_size(RANDOM);
            Box::new(Held {
                table: ResourceTable::new(),
                wasi: builder.build(),
                http: WasiHttpCtx::new(),
                hooks: Hooks::new(caller.clone()),
            })
        })
    }
}

/// Links all of WASI 0.2: language runtimes import interfaces they never use.
pub(crate) fn add_to_linker<T>(linker: &mut Linker<T>) -> wasmtime::Result<()>
where
    T: WasiView + WasiHttpView + 'static,
{
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)
}
