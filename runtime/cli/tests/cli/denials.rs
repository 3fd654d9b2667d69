//! A denial is told where a call ends with it, and only there.

use serde_json::json;
use tidegate_tests::guests;

use crate::support::Home;

#[test]
fn a_call_that_fails_for_another_reason_after_a_denial_tells_that_reason() {
    let home = Home::with_config(
        r#"
[providers.courier]
component = "courier.wasm"
limits = { fetches = 1 }
"#,
    );
    home.write("courier.wasm", guests::bytes("courier"));
    let errand = json!({
        "method": "GET", "url": "https://collector.example/", "headers": [], "delivery": "whole",
    });
    let errands = json!([errand, errand]).to_string();
    home.run(&["chat", "courier/errands", &errands]).fails(
        1,
        "error: provider `courier` sent more than 1 requests in one call (`limits.fetches`)",
    );
}
