//! What can be written on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueHint};

const AFTER_HELP: &str = "\
Exit codes:
  0    done; `allows`, `check`: yes; `replay --against`: the same
  1    the provider or its upstream refused or failed; `allows`, `check`: no; `replay --against`: not the same
  2    the command line or the configuration is wrong
  3    a component does not load
  4    a request was denied by the grant; `swap`: the component wants more than is granted
  130  interrupted

Configuration: --config, $TIDEGATE_CONFIG, ./tidegate.toml, ~/.config/tidegate/tidegate.toml.
Without any, bundled providers and profiles work whose key is in the environment.";

/// Which contract a component may be built for says more than a number of ours.
static LONG_VERSION: LazyLock<String> = LazyLock::new(|| {
    let contracts = tidegate_host::CONTRACTS.join(", ");
    format!("{}\ncontracts: {contracts}", env!("CARGO_PKG_VERSION"))
});

/// Runs LLM providers as sandboxed WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, long_version = LONG_VERSION.as_str(), after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log to standard error, `info` or `tidegate=debug` for example.
    #[arg(long, global = true, value_name = "FILTER", env = "TIDEGATE_LOG")]
    pub log: Option<String>,
    /// Say more on standard error: model, usage, time, grants, bodies of errors.
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Compile components anew and keep nothing.
    #[arg(long, global = true)]
    pub no_cache: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what Tidegate does, in a few seconds, without a key and without a network.
    Demo,
    /// Serve all providers to clients of OpenAI's API, until told to stop.
    Serve(ServeArguments),
    /// Replace the component of a provider while `serve` runs.
    Swap(SwapArguments),
    /// Go back to the component before the last swap.
    Rollback(RollbackArguments),
    /// Show the providers of a `serve` that runs.
    Status(StatusArguments),
    /// Answer a prompt, or hold a conversation.
    Chat(ChatArguments),
    /// Turn texts into vectors.
    Embed(EmbedArguments),
    /// List models.
    Models(ModelsArguments),
    /// List providers, what they may reach and what they lack.
    Providers(ProvidersArguments),
    /// Show what a component is and what it wants.
    Inspect(InspectArguments),
    /// Check with fixtures, and without a network, that a component does what the contract asks.
    Check(CheckArguments),
    /// Make a real call and write it down as a fixture, without any credential.
    Record(RecordArguments),
    /// Play fixtures to a component, without a network, and print what it makes of them.
    Replay(ReplayArguments),
    /// Say whether a grant lets a request through, and by which rule.
    Allows(AllowsArguments),
    /// Check the configuration and explain every problem in it.
    CheckConfig(CheckConfigArguments),
    /// Print what a shell needs to complete command lines.
    Completions(CompletionsArguments),
}

impl Command {
    /// What to log where nobody has said so and less than usual is wanted: fixtures are about what goes
    /// wrong, and the report says what of it should not have.
    pub fn quiet(&self) -> Option<&'static str> {
        matches!(self, Command::Check(_) | Command::Replay(_)).then_some("error")
    }

    /// Whether a program reads what is printed.
    pub fn wants_json(&self) -> bool {
        match self {
            Command::Swap(arguments) => arguments.admin.json,
            Command::Rollback(arguments) => arguments.admin.json,
            Command::Status(arguments) => arguments.admin.json,
            Command::Chat(arguments) => arguments.json,
            Command::Embed(arguments) => arguments.json,
            Command::Models(arguments) => arguments.json,
            Command::Providers(arguments) => arguments.json,
            Command::Inspect(arguments) => arguments.json,
            Command::Check(arguments) => arguments.json,
            Command::Replay(arguments) => arguments.json,
            Command::CheckConfig(arguments) => arguments.json,
            Command::Demo
            | Command::Allows(_)
            | Command::Serve(_)
            | Command::Record(_)
            | Command::Completions(_) => false,
        }
    }
}

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Where to listen, `127.0.0.1:8080` unless said otherwise.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub struct SwapArguments {
    /// Its name in the configuration.
    pub provider: String,
    /// A `.wasm` file, which is sent, or `bundled:NAME`.
    pub component: String,
    #[command(flatten)]
    pub admin: AdminArguments,
}

#[derive(Debug, Args)]
pub struct RollbackArguments {
    /// Its name in the configuration.
    pub provider: String,
    #[command(flatten)]
    pub admin: AdminArguments,
}

#[derive(Debug, Args)]
pub struct StatusArguments {
    #[command(flatten)]
    pub admin: AdminArguments,
}

/// What every command takes that speaks to a process.
#[derive(Debug, Args)]
pub struct AdminArguments {
    /// The admin API of the process, instead of the one in the configuration.
    #[arg(long, value_name = "URL")]
    pub admin: Option<String>,
    /// Print its answer as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ChatArguments {
    /// Provider and model, `openai/gpt-5-mini`.
    #[arg(value_name = "PROVIDER/MODEL")]
    pub model: String,
    /// What to answer. Without it: standard input, or a conversation on a terminal.
    pub prompt: Option<String>,
    /// Instructions that go before the conversation.
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    /// Randomness, from 0.
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub temperature: Option<f64>,
    /// The most tokens to generate.
    #[arg(long, value_name = "COUNT")]
    pub max_tokens: Option<u32>,
    /// How much to think first: none, minimal, low, medium, high, or what the vendor names so.
    #[arg(long, value_name = "EFFORT")]
    pub reasoning: Option<String>,
    /// A picture to go with the prompt, from a file or by its URL; may be repeated.
    #[arg(long, value_name = "PATH|URL", value_hint = ValueHint::AnyPath)]
    pub image: Vec<String>,
    /// Print the whole completion as JSON.
    #[arg(long)]
    pub json: bool,
    /// With --json: print each event as it comes, one to a line.
    #[arg(long, requires = "json")]
    pub stream: bool,
}

#[derive(Debug, Args)]
pub struct EmbedArguments {
    /// Provider and model, `openai/text-embedding-3-small`.
    #[arg(value_name = "PROVIDER/MODEL")]
    pub model: String,
    /// The texts. Without any: the lines of standard input.
    #[arg(value_name = "TEXT")]
    pub texts: Vec<String>,
    /// How long the vectors are to be.
    #[arg(long, value_name = "COUNT")]
    pub dimensions: Option<u32>,
    /// Print everything as JSON, usage and warnings included.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ModelsArguments {
    /// Of this provider only.
    pub provider: Option<String>,
    /// Print them as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ProvidersArguments {
    /// Print them as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct InspectArguments {
    /// A `.wasm` file, `bundled:NAME`, or a configured provider.
    #[arg(value_hint = ValueHint::AnyPath)]
    pub component: String,
    /// Print it as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// A `.wasm` file, `bundled:NAME`, or a configured provider.
    #[arg(value_hint = ValueHint::AnyPath)]
    pub component: String,
    /// The fixtures; `fixtures` beside the file, or in a folder above it, unless said otherwise.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub fixtures: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("asked").required(true))]
pub struct RecordArguments {
    /// Provider and model, `openai/gpt-5-mini`.
    #[arg(value_name = "PROVIDER/MODEL")]
    pub model: String,
    /// What to answer.
    #[arg(group = "asked")]
    pub prompt: Option<String>,
    /// A file with an operation as fixtures have it, `{"chat": {…}}`; MODEL takes the place of its model.
    #[arg(long, value_name = "FILE", group = "asked", value_hint = ValueHint::FilePath)]
    pub operation: Option<PathBuf>,
    /// With a prompt: ask for the answer whole rather than as a stream.
    #[arg(long, conflicts_with = "operation")]
    pub whole: bool,
    /// The folder to write to.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// The name of the fixture; `recorded`, with a number where that is taken, unless said otherwise.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// A fixture, or a folder of them.
    #[arg(value_name = "FIXTURE|DIR", value_hint = ValueHint::AnyPath)]
    pub fixtures: PathBuf,
    /// A `.wasm` file, `bundled:NAME`, or a configured provider; the bundled provider in whose folder the
    /// fixtures are, unless said otherwise.
    #[arg(long, value_name = "COMPONENT", value_hint = ValueHint::AnyPath)]
    pub component: Option<String>,
    /// Another component; only what it makes differently is printed.
    #[arg(long, value_name = "COMPONENT", value_hint = ValueHint::AnyPath)]
    pub against: Option<String>,
    /// Print the requests and events as JSON, an object for each fixture on a line of its own.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(override_usage = "tidegate allows <--allow PATTERN… | --provider NAME> [METHOD] URL")]
#[command(group = ArgGroup::new("grant").required(true), allow_missing_positional = true)]
pub struct AllowsArguments {
    /// A line of a grant, `POST https://api.example.com/v1/*`; may be repeated.
    #[arg(long, value_name = "PATTERN", group = "grant")]
    pub allow: Vec<String>,
    /// The grant of this provider.
    #[arg(long, value_name = "NAME", group = "grant", conflicts_with = "allow")]
    pub provider: Option<String>,
    /// The request's method; GET where there is none.
    #[arg(value_name = "METHOD")]
    pub method: Option<String>,
    /// The request's URL.
    #[arg(value_name = "URL", required = true)]
    pub url: String,
}

#[derive(Debug, Args)]
pub struct CheckConfigArguments {
    /// Do not ask whether secrets are there: they may be on another machine.
    #[arg(long)]
    pub without_secrets: bool,
    /// Print what was found as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell.
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_fit_together() {
        super::Arguments::command().debug_assert();
    }
}
