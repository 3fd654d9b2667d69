//! The world `llm-provider-with-http` as Rust, generated from `wit/`.
#![allow(
    missing_docs,
    unsafe_code,
    dead_code,
    reason = "generated: the unsafe code is the canonical ABI's, and not all of HTTP is used"
)]

wit_bindgen::generate!({
    path: "../../../wit",
    world: "llm-provider-with-http",
    generate_all,
});

// Here, because what it expands to is unsafe code too.
#[cfg(target_family = "wasm")]
const _: () = {
    use crate::Ported;
    export!(Ported with_types_in self);
};
