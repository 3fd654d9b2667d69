//! One module per contract version that this host speaks. `v0_1` has the only `bindgen!`.

pub(crate) mod exports;
pub(crate) mod v0_1;

/// The versions of the contract that this host speaks, as packages of the WIT.
pub const CONTRACTS: [&str; 1] = ["llm:provider@0.1.0"];

#[cfg(test)]
mod tests {
    #[test]
    fn the_contracts_are_those_that_components_are_checked_for() {
        let interface = super::CONTRACTS[0].replace('@', "/provider@");
        assert_eq!(super::exports::INTERFACE, interface);
    }
}
