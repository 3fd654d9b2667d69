//! What can go wrong, by who must act.

use std::time::Duration;

use crate::standing::Standing;
use crate::types;
use crate::types::ErrorKind;

/// An error of the host.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operator acts: a component that does not load.
    #[error(transparent)]
    Load(#[from] LoadError),

    /// The operator acts: a configuration that makes no sense.
    #[error("{message}\nhint: {hint}")]
    Config {
        /// What is wrong, and where.
        message: String,
        /// What would be right.
        hint: String,
    },

    /// The operator acts: a new version wants more than the one before was granted or wanted.
    #[error(
        "the new version of provider `{provider}` wants more than is granted: {}\nhint: to approve it, add the patterns to `providers.{provider}.allow` in `tidegate.toml`",
        listed(.wants)
    )]
    Wants {
        /// The provider's name.
        provider: String,
        /// Each pattern, and why it is wanted.
        wants: Vec<(String, String)>,
    },

    /// The provider's author acts: the guest broke its side of the contract. Its call is over,
    /// nobody else's.
    #[error("provider `{provider}` {fault}")]
    Guest {
        /// The provider's name.
        provider: String,
        /// What it did.
        fault: Fault,
    },

    /// The caller acts, or waits: what the provider or its upstream answered.
    #[error("{}", .0.message)]
    Provider(types::Error),

    /// The caller acts: no provider of that name.
    #[error("no provider `{name}`{}", nearest(.suggestion))]
    UnknownProvider {
        /// What was asked for.
        name: String,
        /// The nearest name that exists.
        suggestion: Option<String>,
    },

    /// The caller acts: the model name has no provider in it.
    #[error("model `{name}` names no provider\nhint: write `provider/model`{}", nearest(.suggestion))]
    BareModel {
        /// What was asked for.
        name: String,
        /// The nearest provider name that exists.
        suggestion: Option<String>,
    },

    /// The caller waits: as many calls as `limits.concurrency` allows are under way, every instance
    /// of the engine's pool is in use, or the host holds as many bytes for all calls as it may.
    #[error("provider `{provider}` is busy: {what}\nhint: try again later, or raise {limit}")]
    Busy {
        /// The provider's name.
        provider: String,
        /// Which resource is used up.
        what: &'static str,
        /// The setting that bounds it.
        limit: &'static str,
    },

    /// The caller waits: the provider has had its requests or tokens of this minute.
    #[error(
        "provider `{provider}` has used up its {limit} {what} per minute\nhint: try again in {}, or raise `providers.{provider}.{}`",
        seconds(.retry_after), rate_key(.what)
    )]
    RateLimited {
        /// The provider's name.
        provider: String,
        /// `requests` or `tokens`.
        what: &'static str,
        /// How many a minute.
        limit: u32,
        /// In how long there will be enough.
        retry_after: Duration,
    },

    /// The caller waits: the provider failed again and again, and is left alone for a while.
    #[error(
        "provider `{provider}` rests: its last {failures} calls failed\nhint: it is tried again in {}",
        seconds(.retry_after)
    )]
    Resting {
        /// The provider's name.
        provider: String,
        /// Failures in a row.
        failures: u32,
        /// Until the next call goes through.
        retry_after: Duration,
    },

    /// The caller goes elsewhere: an operator has taken the provider out of service.
    #[error(
        "provider `{provider}` takes no calls: it is {standing}\nhint: an operator did that, and can enable it again"
    )]
    Withdrawn {
        /// The provider's name.
        provider: String,
        /// What it is instead of enabled.
        standing: Standing,
    },

    /// An operator has ended the call.
    #[error("an operator has ended this call of provider `{provider}`")]
    Ended {
        /// The provider's name.
        provider: String,
    },
}

/// What a guest did that ended its call.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It trapped: a panic, an unreachable instruction, a memory access out of bounds.
    #[error("trapped: {0}")]
    Trap(String),
    /// It used more CPU time than `limits.cpu`.
    #[error("used more than its {0:?} of CPU time (`limits.cpu`)")]
    Cpu(Duration),
    /// It asked for more memory than `limits.memory`, and trapped.
    #[error("asked for more than its {} of memory (`limits.memory`)", size(*.0))]
    Memory(usize),
    /// It asked for larger tables than `limits.table-elements`, and trapped.
    #[error("asked for more than its {0} table elements (`limits.table-elements`)")]
    Tables(usize),
    /// Not its fault: no instance is free.
    #[error("found no free instance")]
    PoolFull,
    /// Not its fault: the host holds as much for all calls as it may (`engine.buffers`).
    #[error("found no room in the host's buffers (`engine.buffers`)")]
    BuffersFull,
    /// It recursed too deeply.
    #[error("overflowed its stack")]
    Stack,
    /// The call took longer than `limits.timeout`.
    #[error("did not finish within {0:?} (`limits.timeout`)")]
    Timeout(Duration),
    /// It emitted more than `limits.events`.
    #[error("emitted more than {0} outputs (`limits.events`)")]
    Events(u64),
    /// Its outputs together are larger than `limits.output`.
    #[error("handed over more than {} of output (`limits.output`)", size(*.0))]
    Output(usize),
    /// It sent more requests than `limits.fetches`.
    #[error("sent more than {0} requests in one call (`limits.fetches`)")]
    Fetches(u32),
    /// It asked for `again` too often in a row.
    #[error("asked for `again` more than {0} times in a row (`limits.again`)")]
    Again(u32),
    /// It handed over more in one answer than `limits.handover`.
    #[error("handed over more than {} at once (`limits.handover`)", size(*.0))]
    Handover(usize),
    /// It held more host resources than `limits.handles`.
    #[error("held more than {0} handles at once (`limits.handles`)")]
    Handles(usize),
    /// It broke the contract in another way.
    #[error("broke the contract: {0}")]
    Contract(String),
}

/// Why a component does not load.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {error}\nhint: check the path and its permissions")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// Not a component.
    #[error("`{name}` is {what}\nhint: {hint}")]
    NotAComponent {
        /// The file or bundle name.
        name: String,
        /// What it is instead.
        what: &'static str,
        /// What to do about it.
        hint: &'static str,
    },
    /// Larger than the engine accepts.
    #[error(
        "`{name}` has {size} bytes, more than the {limit} that are accepted\nhint: build it with optimisations and without debug information, or raise `component-size`"
    )]
    TooLarge {
        /// The file or bundle name.
        name: String,
        /// Its size.
        size: u64,
        /// The most that is accepted.
        limit: u64,
    },
    /// Compilation took too long.
    #[error(
        "`{name}` did not compile within {limit:?}\nhint: a component with tens of thousands of functions is no provider; raise `compile-time` if it is one"
    )]
    TooSlow {
        /// The file or bundle name.
        name: String,
        /// The most that is accepted.
        limit: Duration,
    },
    /// Does not compile.
    #[error(
        "`{name}` does not compile: {reason}\nhint: the file may be damaged, or made by tools newer than this host; build it anew"
    )]
    Compile {
        /// The file or bundle name.
        name: String,
        /// What the compiler says.
        reason: String,
    },
    /// Not the world `llm-provider`.
    #[error("`{name}` does not implement the world `llm-provider`: {problem}\nhint: {hint}")]
    World {
        /// The file or bundle name.
        name: String,
        /// Which export is missing or mistyped.
        problem: String,
        /// What to do about it.
        hint: String,
    },
    /// Imports something that nobody provides.
    #[error(
        "`{name}` imports `{import}`, which nobody provides\nhint: a provider imports nothing, or WASI 0.2; build it for the world `llm-provider` or `llm-provider-with-http`"
    )]
    Import {
        /// The file or bundle name.
        name: String,
        /// The import.
        import: String,
    },
    /// Needs more than the engine's pool has for one component.
    #[error(
        "`{name}` does not fit into the instance pool: {reason}\nhint: raise the engine's pool limits"
    )]
    Pool {
        /// The file or bundle name.
        name: String,
        /// Which resource.
        reason: String,
    },
    /// `describe` failed or makes no sense.
    #[error(
        "`{name}` does not describe itself: {reason}\nhint: this is for the provider's author, in what `describe` does"
    )]
    Describe {
        /// The file or bundle name.
        name: String,
        /// What happened.
        reason: String,
    },
}

/// Bytes in the unit that says them in the fewest digits, exactly.
fn size(bytes: usize) -> String {
    match bytes {
        0 => "0 bytes".into(),
        bytes if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
        bytes if bytes % (1 << 10) == 0 => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}

fn listed(wants: &[(String, String)]) -> String {
    let wants = wants.iter();
    let wants: Vec<String> = wants
        .map(|(pattern, reason)| format!("`{pattern}` ({reason})"))
        .collect();
    wants.join(", ")
}

/// The key of a rate in the configuration.
fn rate_key(what: &str) -> &'static str {
    match what {
        "tokens" => "tpm",
        _ => "rpm",
    }
}

/// A wait as people say it; never shorter than it is.
fn seconds(wait: &Duration) -> String {
    match wait.as_secs_f64().ceil() {
        seconds if seconds <= 1.0 => "a second".into(),
        seconds => format!("{seconds} seconds"),
    }
}

fn nearest(suggestion: &Option<String>) -> String {
    match suggestion {
        Some(name) => format!("\nhint: did you mean `{name}`?"),
        None => String::new(),
    }
}

impl Error {
    /// What a fault comes to: an error of the guest, unless it was not the guest's fault.
    pub(crate) fn guest(provider: &str, fault: Fault) -> Self {
        let provider = provider.into();
        let busy = |provider, what, limit| Error::Busy {
            provider,
            what,
            limit,
        };
        match fault {
            Fault::PoolFull => busy(
                provider,
                "all instances of the engine's pool are in use",
                "`instances` of the engine",
            ),
            Fault::BuffersFull => busy(
                provider,
                "the host holds as many bytes for all calls as it may",
                "`buffers` of the engine",
            ),
            fault => Error::Guest { provider, fault },
        }
    }

    /// The kind, for whoever maps errors to another form.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Provider(error) => error.kind,
            Error::Guest {
                fault: Fault::Timeout(_),
                ..
            } => ErrorKind::Timeout,
            Error::Busy { .. } | Error::Resting { .. } | Error::Withdrawn { .. } => {
                ErrorKind::Overloaded
            }
            Error::RateLimited { .. } => ErrorKind::RateLimited,
            Error::UnknownProvider { .. } | Error::BareModel { .. } => ErrorKind::NotFound,
            Error::Load(_)
            | Error::Config { .. }
            | Error::Wants { .. }
            | Error::Guest { .. }
            | Error::Ended { .. } => ErrorKind::Internal,
        }
    }

    /// Whether the same call may succeed at another time.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Provider(error) => error.is_retryable(),
            error => matches!(
                error.kind(),
                ErrorKind::Timeout | ErrorKind::Overloaded | ErrorKind::RateLimited
            ),
        }
    }

    /// When to try again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Provider(error) => {
                let milliseconds = error.retry_after_ms?;
                Some(Duration::from_millis(milliseconds.into()))
            }
            Error::RateLimited { retry_after, .. } | Error::Resting { retry_after, .. } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }

    /// The upstream's HTTP status, where the failure came from there.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Provider(error) => error.status,
            _ => None,
        }
    }
}

/// What most functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;
