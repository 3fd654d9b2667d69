//! What a provider is scored on.

use std::fmt;

use serde::{Serialize, Serializer};
use tidegate_host::types::{Feature, ProviderInfo};

/// One area. In the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// What it says of itself is complete and true.
    Describe,
    /// It sends what it should.
    Requests,
    /// It makes of answers what it should.
    Answers,
    /// Tool calls, with their arguments and indices.
    Tools,
    /// Reasoning, and the state that a vendor wants back.
    Reasoning,
    /// Tokens used.
    Usage,
    /// The kinds of errors, from status and body.
    Errors,
    /// Its events keep to the contract.
    Contract,
    /// The same answer, wherever the network cuts it.
    Splits,
    /// The same answer, whole and as a stream.
    Streams,
    /// A stream that breaks off is an error.
    Cuts,
    /// Unknown fields of a request go to the vendor, or come back as a warning.
    UnknownFields,
    /// A caller that goes away ends it.
    Cancel,
    /// It stays below the default limits.
    Limits,
    /// It asks for nothing but what it declares.
    Wants,
    /// The same inputs, the same outputs.
    Determinism,
}

impl Area {
    /// All of them.
    pub const ALL: [Area; 16] = [
        Area::Describe,
        Area::Requests,
        Area::Answers,
        Area::Tools,
        Area::Reasoning,
        Area::Usage,
        Area::Errors,
        Area::Contract,
        Area::Splits,
        Area::Streams,
        Area::Cuts,
        Area::UnknownFields,
        Area::Cancel,
        Area::Limits,
        Area::Wants,
        Area::Determinism,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Area::Describe => "describe",
            Area::Requests => "requests",
            Area::Answers => "answers",
            Area::Tools => "tools",
            Area::Reasoning => "reasoning",
            Area::Usage => "usage",
            Area::Errors => "errors",
            Area::Contract => "contract",
            Area::Splits => "splits",
            Area::Streams => "streams",
            Area::Cuts => "cuts",
            Area::UnknownFields => "unknown-fields",
            Area::Cancel => "cancel",
            Area::Limits => "limits",
            Area::Wants => "wants",
            Area::Determinism => "determinism",
        }
    }

    /// The area of a field of a mismatch: `expect.tool-calls[0].id`, `upstream[1].request.path`.
    pub(super) fn of(field: &str) -> Area {
        let name = field.strip_prefix("expect.").unwrap_or(field);
        let name = name.split(['.', '[']).next().unwrap_or_default();
        match name {
            "upstream" => Area::Requests,
            "tool-calls" => Area::Tools,
            "reasoning" | "signatures" | "redacted" | "metadata" => Area::Reasoning,
            "usage" => Area::Usage,
            "error" | "text-before-error" => Area::Errors,
            "the contract" => Area::Contract,
            "wants" => Area::Wants,
            _ => Area::Answers,
        }
    }

    /// What to do about a failure in it.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Area::Describe => "for the provider's author, in what `describe` says",
            Area::Requests => {
                "compare what the provider makes of the operation with the fixture's `request`"
            }
            Area::Answers | Area::Tools | Area::Reasoning | Area::Usage => {
                "compare the events that the provider makes of the answer with the fixture's `expect`"
            }
            Area::Errors => {
                "the table of errors in `wit/README.md` says which status and word is which kind"
            }
            Area::Contract => {
                "`wit/provider.wit` says in which order events come, and how an exchange ends"
            }
            Area::Splits => {
                "an input may end anywhere: keep what is not complete until the next one"
            }
            Area::Streams => {
                "whole and streamed answers are made of the same events; compare the two decoders"
            }
            Area::Cuts => {
                "an input `failed` in the middle of an answer is an error, and so is an `end` before the vendor's own end"
            }
            Area::UnknownFields => {
                "put the members of `extra` into the request's body, or emit a `warning` with the subject `extra`"
            }
            Area::Cancel => "what a call leaves in the instance must not reach the next one",
            Area::Limits => {
                "keep less of a request and an answer at a time; the limits are in `runtime/config/REFERENCE.md`"
            }
            Area::Wants => {
                "add a line to `wants`, with a reason, or send the request to what is declared"
            }
            Area::Determinism => {
                "take time from `context.now-ms`, chance from `context.seed`, and keep nothing from call to call"
            }
        }
    }

    /// What a fixture has to have to show it.
    pub(super) fn shown_by(self) -> &'static str {
        match self {
            Area::Describe | Area::Contract | Area::Limits | Area::Determinism | Area::Answers => {
                "any fixture"
            }
            Area::Requests | Area::Wants => "a fixture with an `upstream`",
            Area::Tools => "a fixture that expects `tool-calls`",
            Area::Reasoning => {
                "a fixture that expects `reasoning`, `signatures`, `redacted` or `metadata`"
            }
            Area::Usage => "a fixture that expects `usage`",
            Area::Errors => "a fixture that expects an `error`",
            Area::Splits => "a fixture whose answer has a body",
            Area::Streams => {
                "a fixture whose `same-as` names another one, with the same answer in the other form"
            }
            Area::Cuts => "a fixture with an answer in `sse` or `lines` that ends well",
            Area::UnknownFields => {
                "a fixture of `chat`, `complete`, `embed` or `rerank` that ends well"
            }
            Area::Cancel => "a fixture with an `upstream` that ends well",
        }
    }

    /// Whether there is anything to show in a provider that says this of itself.
    pub(super) fn applies(self, info: &ProviderInfo) -> bool {
        let reaches_out = !info.wants.is_empty();
        match self {
            Area::Tools => info.features.contains(&Feature::Tools),
            Area::Reasoning => info.features.contains(&Feature::Reasoning),
            Area::Streams => info.features.contains(&Feature::Streaming),
            Area::Cuts => reaches_out && info.features.contains(&Feature::Streaming),
            Area::Requests | Area::Wants | Area::Splits | Area::Cancel => reaches_out,
            _ => true,
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for Area {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
