//! Reads `tidegate.toml`: what the operator decided, checked, or every problem in it at once.
//!
//! A crate of its own because the command line and the gateway both need it, and the host, which is
//! a library first, should know nothing of files and environment variables. `REFERENCE.md` lists
//! every key.
//!
//! ```
//! use tidegate_config::{Config, Environment};
//!
//! let environment = Environment::new(|name| (name == "KEY").then(|| "sk-123".into()))
//!     .bundled(["openai"]);
//! let text = r#"
//! [providers.openai]
//! component = "bundled:openai"
//! alow = ["https://api.openai.com/v1/*"]
//! secrets = { api-key = { env = "KEY" } }
//! "#;
//! let error = Config::parse("tidegate.toml", text, &environment).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "unknown key `alow` in `providers.openai`
//!  --> tidegate.toml:4:1
//!   |
//! 4 | alow = [\"https://api.openai.com/v1/*\"]
//!   | ^^^^
//! hint: did you mean `allow`?"
//! );
//! ```

mod find;

mod config;

mod check;
mod together;

mod gateway;
mod key;

mod models;
mod route;
mod target;

mod admin;

mod telemetry;

mod provider;

mod profile;

mod breaker;
mod prices;

mod credential;

mod settings;

mod limits;

mod engine;

mod egress;

mod rate;

mod secret;

mod listen;
mod web;

mod names;

mod money;

mod range;
mod unit;

mod table;

mod nearest;
mod problem;
mod source;

mod surroundings;

mod environment;

mod file;

#[cfg(test)]
mod reference;

pub use admin::Admin;
pub use breaker::Breaker;
pub use config::{Config, Examined};
pub use environment::Environment;
pub use find::find;
pub use gateway::Gateway;
pub use key::{Budget, GatewayKey};
pub use limits::{LIMITS, Limit};
pub use models::ModelRoute;
pub use money::Money;
pub use nearest::nearest;
pub use prices::Prices;
pub use problem::{ConfigError, Problem};
pub use profile::{Profile, ProfileCredential};
pub use provider::{ComponentSource, ProviderEntry};
pub use rate::Rate;
pub use route::{RouteEntry, Strategy};
pub use secret::{MissingSecret, Secrets};
pub use telemetry::Telemetry;
pub use tidegate_grants::ModelPattern;
