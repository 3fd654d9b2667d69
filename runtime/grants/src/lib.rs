//! What a provider may reach, and which models a key may use, as pure decisions: no I/O, no DNS, no clock.
//!
//! A guest asks for a method and a URL. [`Target::parse`] takes only URLs that can be read one way,
//! [`Grant::check`] answers with the [`Rule`] that allows it or with [`Denied`], and the rule's
//! [`AddressPolicy`] judges the addresses that the name resolved to. The host does the I/O in between.
//!
//! ```
//! use tidegate_grants::{Grant, Target};
//!
//! let grant = Grant::parse(["https://api.example.com/v1/*"])?;
//!
//! let target = Target::parse("POST", "https://api.example.com/v1/chat")?;
//! let rule = grant.check(&target)?;
//! assert_eq!(rule.to_string(), "https://api.example.com/v1/*");
//! assert!(rule.address_policy().permits("127.0.0.1".parse()?).is_err());
//!
//! let elsewhere = Target::parse("POST", "https://attacker.example/v1/chat")?;
//! let denied = grant.check(&elsewhere).unwrap_err();
//! assert_eq!(
//!     denied.for_provider("example").to_string(),
//!     "provider `example` may not reach `https://attacker.example`\n  \
//!        granted: `https://api.example.com/v1/*`\n\
//!      hint: to allow it, add `https://attacker.example/*` to `providers.example.allow` in `tidegate.toml`"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod model;

mod grant;

mod denied;

mod address;

mod binding;
mod secret;

mod pattern;

mod target;

mod origin;

mod host;
mod method;
mod path;

mod headers;

mod excerpt;

pub use address::{AddressClass, AddressDenied, AddressPolicy};
pub use binding::{Binding, BindingError};
pub use denied::{Denied, Reason};
pub use grant::{Grant, Rule};
pub use headers::{HeaderError, HeaderLimits, check_header, check_headers};
pub use host::{Host, HostError};
pub use method::{Method, MethodError};
pub use model::ModelPattern;
pub use origin::{Origin, OriginError, Scheme};
pub use path::PathError;
pub use pattern::{Mismatch, OriginPattern, Pattern, PatternError, PatternProblem};
pub use secret::Secret;
pub use target::{MAX_URL_LENGTH, Target, TargetError};
