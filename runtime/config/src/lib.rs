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
mod provider;
mod secret;

mod limits;

mod engine;

mod egress;

mod range;
mod unit;

mod table;

mod nearest;
mod problem;
mod source;

mod environment;

#[cfg(test)]
mod reference;

pub use config::Config;
pub use environment::Environment;
pub use find::find;
pub use limits::{LIMITS, Limit};
pub use nearest::nearest;
pub use problem::{ConfigError, Problem};
pub use provider::{ComponentSource, ProviderEntry};
