//! `llm:provider@0.1.0` as Rust, generated from `wit/`.
#![allow(
    missing_docs,
    clippy::all,
    reason = "generated: the types carry the WIT's comments, the glue around them carries none"
)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "llm-provider",
    exports: { default: async },
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
});
