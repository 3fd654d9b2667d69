//! Ties an [`Exchange`] to the exports of a component.

use std::cell::RefCell;

use crate::types::*;
use crate::{Exchange, Provider, Result};

thread_local! {
    // An instance serves one exchange at a time, so its state is the instance's.
    static EXCHANGE: RefCell<Option<Exchange>> = const { RefCell::new(None) };
}

/// The export `start`.
pub fn start<P: Provider + 'static>(
    provider: P,
    operation: Operation,
    context: Context,
) -> Result<Vec<Action>> {
    EXCHANGE.set(None);
    let (exchange, actions) = Exchange::start(provider, operation, context);
    keep(exchange);
    Ok(actions)
}

/// The export `step`.
pub fn step(input: Input) -> Result<Vec<Action>> {
    let Some(mut exchange) = EXCHANGE.take() else {
        return Err(Error::new(
            ErrorKind::Internal,
            "`step` was called and no exchange is under way",
        ));
    };
    let actions = exchange.step(input);
    keep(exchange);
    Ok(actions)
}

/// Keeps an exchange for its next step, and nothing of one that is over: the instance may serve others
/// after it.
fn keep(exchange: Exchange) {
    if !exchange.is_over() {
        EXCHANGE.set(Some(exchange));
    }
}

/// Makes a type that implements [`Provider`](crate::Provider) and `Default` the component that this
/// crate compiles to. Does nothing on targets other than WebAssembly, so that translation code is
/// tested natively.
#[macro_export]
macro_rules! export {
    ($provider:ty) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            struct Component;

            impl $crate::bindings::exports::llm::provider::provider::Guest for Component {
                fn describe() -> $crate::types::ProviderInfo {
                    $crate::Provider::describe(&<$provider>::default())
                }

                fn start(
                    operation: $crate::types::Operation,
                    context: $crate::types::Context,
                ) -> ::core::result::Result<Vec<$crate::types::Action>, $crate::types::Error>
                {
                    $crate::component::start(<$provider>::default(), operation, context)
                }

                fn step(
                    input: $crate::types::Input,
                ) -> ::core::result::Result<Vec<$crate::types::Action>, $crate::types::Error>
                {
                    $crate::component::step(input)
                }
            }

    $crate::bindings::export_component!(Component with_types_in $crate::bindings);
        };
    };
}
