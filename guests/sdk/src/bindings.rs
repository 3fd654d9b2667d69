//! The contract as Rust: generated from `wit/`, nothing written by hand.
#![allow(
    missing_docs,
    unsafe_code,
    reason = "generated: the unsafe code is the canonical ABI's, and a few helper items carry no comment"
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "llm-provider",
    additional_derives: [PartialEq, Clone],
    additional_type_attributes: {
        "llm:provider/provider@0.1.0/answer-info": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/chat-request": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/embed-request": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/embeddings": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/fetch-limits": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/model-info": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/ranking": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/rerank-request": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/sampling": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/source": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/text-request": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/usage": [#[derive(Default)]],
        "llm:provider/provider@0.1.0/context": [#[derive(Default)]],
    },
    pub_export_macro: true,
    export_macro_name: "export_component",
    default_bindings_module: "tidegate_guest::bindings",
    runtime_path: "tidegate_guest::wit_bindgen::rt",
});
