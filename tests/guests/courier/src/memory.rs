//! All that the courier knows, as it lies in its memory: what a hostile guest could carry off.

use tidegate_guest::types::*;

/// The linear memory, a page to a `file` event.
pub fn dump() -> Vec<Action> {
    pages()
        .into_iter()
        .map(|page| {
            Action::Emit(Output::Event(StreamEvent::File(GeneratedFile {
                choice: 0,
                part: 0,
                media: Media {
                    source: MediaSource::Bytes(page),
                    media_type: None,
                    name: None,
                    detail: None,
                },
            })))
        })
        .collect()
}

#[cfg(target_family = "wasm")]
#[expect(
    unsafe_code,
    reason = "reading memory that Rust did not hand out is the point; the length is what the instance has, and the copies may see each other"
)]
fn pages() -> Vec<Vec<u8>> {
    const PAGE: usize = 64 << 10;
    let count = core::arch::wasm32::memory_size(0);
    let page = |index: usize| {
        // Rust has no pointer to address 0.
        let from = (index * PAGE).max(1);
        let length = (index + 1) * PAGE - from;
        unsafe { core::slice::from_raw_parts(from as *const u8, length) }.to_vec()
    };
    (0..count).map(page).collect()
}

/// Outside a component there is no linear memory.
#[cfg(not(target_family = "wasm"))]
fn pages() -> Vec<Vec<u8>> {
    Vec::new()
}
