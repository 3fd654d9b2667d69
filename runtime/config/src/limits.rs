//! `[providers.NAME.limits]`: a table of every limit, read and shown by the same entries.

use std::time::Duration;

use tidegate_host::Limits;

use crate::problem::Problems;
use crate::range::{narrow, read_count, read_size, read_time};
use crate::table::{Table, Value};
use crate::unit;

/// One limit.
pub struct Limit {
    /// Its key.
    pub name: &'static str,
    /// What it bounds.
    pub what: &'static str,
    at_least: u64,
    at_most: u64,
    field: Field,
}

/// Where a limit is kept, and in what unit.
enum Field {
    Size(fn(&mut Limits) -> &mut usize),
    Time(fn(&mut Limits) -> &mut Duration),
    Count(fn(&mut Limits) -> &mut usize),
    Count32(fn(&mut Limits) -> &mut u32),
    Count64(fn(&mut Limits) -> &mut u64),
}

/// A guest's memory is 32 bits wide, so that nothing larger ever gets to it.
const GIB: u64 = 1 << 30;
/// A day: whoever wants more means "never", and a call that never ends is a leak.
const DAY: u64 = 86_400_000;
const MANY: u64 = 1_000_000_000;

/// Every limit of a provider, in the order of the reference. What is checked against the engine has
/// no upper bound here.
pub const LIMITS: [Limit; 19] = [
    limit(
        "memory",
        "Linear memory of one call; at most `engine.memory`",
        1 << 16,
        4 * GIB,
        Field::Size(|it| &mut it.memory),
    ),
    limit(
        "table-elements",
        "Elements of all its tables",
        0,
        160_000,
        Field::Count(|it| &mut it.table_elements),
    ),
    limit(
        "cpu",
        "CPU time of the guest in one call",
        5,
        DAY,
        Field::Time(|it| &mut it.cpu),
    ),
    limit(
        "timeout",
        "One call, from start to last output",
        1,
        DAY,
        Field::Time(|it| &mut it.timeout),
    ),
    limit(
        "first-byte",
        "Until the head of an upstream's answer",
        1,
        DAY,
        Field::Time(|it| &mut it.first_byte),
    ),
    limit(
        "idle",
        "Between two pieces of an upstream's answer",
        1,
        DAY,
        Field::Time(|it| &mut it.idle),
    ),
    limit(
        "request",
        "Body of one request",
        0,
        GIB,
        Field::Size(|it| &mut it.request),
    ),
    limit(
        "response",
        "Decoded body of one answer",
        0,
        GIB,
        Field::Size(|it| &mut it.response),
    ),
    limit(
        "frame",
        "One frame of a streamed answer",
        1,
        GIB,
        Field::Size(|it| &mut it.frame),
    ),
    limit(
        "headers",
        "Headers of a request or answer, how many",
        0,
        1_000,
        Field::Count(|it| &mut it.headers),
    ),
    limit(
        "header-bytes",
        "Headers of a request or answer, names and values together",
        0,
        1 << 20,
        Field::Size(|it| &mut it.header_bytes),
    ),
    limit(
        "fetches",
        "Requests in one call, polls included",
        0,
        1_000_000,
        Field::Count32(|it| &mut it.fetches),
    ),
    limit(
        "events",
        "Outputs of one call, stream events included",
        1,
        MANY,
        Field::Count64(|it| &mut it.events),
    ),
    limit(
        "output",
        "Outputs of one call, texts and data together",
        1 << 10,
        GIB,
        Field::Size(|it| &mut it.output),
    ),
    limit(
        "log",
        "Log messages of one call; what is beyond is dropped and counted",
        0,
        GIB,
        Field::Size(|it| &mut it.log),
    ),
    limit(
        "again",
        "`again` actions in a row",
        0,
        1_000_000,
        Field::Count32(|it| &mut it.again),
    ),
    limit(
        "handover",
        "What the guest hands over in one step",
        1 << 10,
        GIB,
        Field::Size(|it| &mut it.handover),
    ),
    limit(
        "handles",
        "Host resources held at once, by guests that use `wasi:http`",
        0,
        1_000_000,
        Field::Count(|it| &mut it.handles),
    ),
    limit(
        "concurrency",
        "Calls at once, over all callers",
        1,
        1_000_000,
        Field::Count(|it| &mut it.concurrency),
    ),
];

const fn limit(
    name: &'static str,
    what: &'static str,
    at_least: u64,
    at_most: u64,
    field: Field,
) -> Limit {
    Limit {
        name,
        what,
        at_least,
        at_most,
        field,
    }
}

/// Reads the limits over the defaults. `memory` is what the engine has for one call.
pub(crate) fn read(mut table: Table, memory: usize, problems: &mut Problems) -> Limits {
    let mut limits = default(memory);
    for limit in &LIMITS {
        if let Some(value) = table.take(limit.name) {
            limit.read(&value, &mut limits, problems);
            if limit.name == "memory" && limits.memory > memory {
                problems.add(
                    &value.span,
                    format!(
                        "`{}` is more than the {} that the engine has for one call",
                        value.path,
                        unit::show_size(memory as u64)
                    ),
                    "lower it, or raise `engine.memory`",
                );
            }
        }
    }
    table.finish(problems);
    limits
}

/// The limits where the file says nothing.
pub(crate) fn default(memory: usize) -> Limits {
    let mut limits = Limits::default();
    limits.memory = limits.memory.min(memory);
    limits
}

impl Limit {
    /// What it is in `limits`, as it would be written.
    pub fn show(&self, limits: &Limits) -> String {
        let number = self.number(limits);
        match self.field {
            Field::Size(_) => unit::show_size(number),
            Field::Time(_) => unit::show_time(Duration::from_millis(number)),
            _ => number.to_string(),
        }
    }

    /// What it is in `limits`, in its unit.
    pub fn number(&self, limits: &Limits) -> u64 {
        let mut limits = limits.clone();
        match self.field {
            Field::Size(field) | Field::Count(field) => *field(&mut limits) as u64,
            Field::Time(field) => u64::try_from(field(&mut limits).as_millis()).unwrap_or(u64::MAX),
            Field::Count32(field) => u64::from(*field(&mut limits)),
            Field::Count64(field) => *field(&mut limits),
        }
    }

    /// The unit of its number, `bytes` or `ms`; `None` for counts.
    pub fn unit(&self) -> Option<&'static str> {
        match self.field {
            Field::Size(_) => Some("bytes"),
            Field::Time(_) => Some("ms"),
            Field::Count(_) | Field::Count32(_) | Field::Count64(_) => None,
        }
    }

    fn read(&self, value: &Value, limits: &mut Limits, problems: &mut Problems) {
        let read = match self.field {
            Field::Size(_) => read_size(value, self.at_least, self.at_most, problems),
            Field::Time(_) => read_time(value, self.at_least, self.at_most, problems),
            _ => read_count(value, self.at_least, self.at_most, problems),
        };
        let Some(read) = read else { return };
        match self.field {
            Field::Size(field) | Field::Count(field) => *field(limits) = narrow(read),
            Field::Time(field) => *field(limits) = Duration::from_millis(read),
            Field::Count32(field) => *field(limits) = u32::try_from(read).unwrap_or(u32::MAX),
            Field::Count64(field) => *field(limits) = read,
        }
    }
}
