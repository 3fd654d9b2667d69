//! The allocator, and that what was freed goes back to the system when nothing happens any more.

use std::time::Duration;

/// A call allocates a lot and frees all of it again: `runtime/README.md` says what this saves.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// mimalloc gives memory back a second after it was freed.
const DELAY: Duration = Duration::from_secs(1);

/// Has memory given back for as long as this is polled.
///
/// mimalloc looks for what it can give back whenever somebody allocates, be it on another thread than
/// the one that freed it. After a burst nobody does, and the process would stay as large as it was.
pub async fn give_back() {
    loop {
        tokio::time::sleep(DELAY).await;
        collect();
    }
}

#[expect(unsafe_code, reason = "a function of C, which has no safe name")]
fn collect() {
    // Safety: it may be called by any thread at any time. Not by force: what has just been freed is
    // about to be used again.
    unsafe { libmimalloc_sys::mi_collect(false) }
}
