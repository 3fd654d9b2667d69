//! One module per contract version that this host speaks. `v0_1` has the only `bindgen!`.

pub(crate) mod exports;
pub(crate) mod v0_1;
