//! What the host and its guests log, on standard error.

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Denials are printed as errors of the command that they ended.
const USUAL: &str = "warn,tidegate::egress=off";

pub fn start(filter: Option<&str>) -> Result<(), Failure> {
    let filter = filter.filter(|filter| !filter.is_empty()).unwrap_or(USUAL);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::usage(
            format!(
                "`--log` is `{}`, which is no filter: {error}",
                filter.escape_debug()
            ),
            "write a level, or targets with levels: `info`, `tidegate=debug,warn`",
        )
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
