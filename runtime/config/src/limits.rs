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
    size(
        "memory",
        "Linear memory of one call; at most `engine.memory`",
        1 << 16,
        4 * GIB,
        |it| &mut it.memory,
    ),
    count(
        "table-elements",
        "Elements of all its tables",
        0,
        160_000,
        |it| &mut it.table_elements,
    ),
    time("cpu", "CPU time of the guest in one call", 5, |it| {
        &mut it.cpu
    }),
    time("timeout", "One call, from start to last output", 1, |it| {
        &mut it.timeout
    }),
    time(
        "first-byte",
        "Until the head of an upstream's answer",
        1,
        |it| &mut it.first_byte,
    ),
    time(
        "idle",
        "Between two pieces of an upstream's answer",
        1,
        |it| &mut it.idle,
    ),
    size("request", "Body of one request", 0, GIB, |it| {
        &mut it.request
    }),
    size("response", "Decoded body of one answer", 0, GIB, |it| {
        &mut it.response
    }),
    size("frame", "One frame of a streamed answer", 1, GIB, |it| {
        &mut it.frame
    }),
    count(
        "headers",
        "Headers of a request or answer, how many",
        0,
        1_000,
        |it| &mut it.headers,
    ),
    size(
        "header-bytes",
        "Headers of a request or answer, names and values together",
        0,
        1 << 20,
        |it| &mut it.header_bytes,
    ),
    Limit {
        name: "fetches",
        what: "Requests in one call, polls included",
        at_least: 0,
        at_most: 1_000_000,
        field: Field::Count32(|it| &mut it.fetches),
    },
    Limit {
        name: "events",
        what: "Outputs of one call, stream events included",
        at_least: 1,
        at_most: MANY,
        field: Field::Count64(|it| &mut it.events),
    },
    size(
        "output",
        "Outputs of one call, texts and data together",
        1 << 10,
        GIB,
        |it| &mut it.output,
    ),
    size(
        "log",
        "Log messages of one call; what is beyond is dropped and counted",
        0,
        GIB,
        |it| &mut it.log,
    ),
    Limit {
        name: "again",
        what: "`again` actions in a row",
        at_least: 0,
        at_most: 1_000_000,
        field: Field::Count32(|it| &mut it.again),
    },
    size(
        "handover",
        "What the guest hands over in one step",
        1 << 10,
        GIB,
        |it| &mut it.handover,
    ),
    count(
        "handles",
        "Host resources held at once, by guests that use `wasi:http`",
        0,
        1_000_000,
        |it| &mut it.handles,
    ),
    count(
        "concurrency",
        "Calls at once, over all callers",
        1,
        1_000_000,
        |it| &mut it.concurrency,
    ),
];

const fn size(
    name: &'static str,
    what: &'static str,
    at_least: u64,
    at_most: u64,
    field: fn(&mut Limits) -> &mut usize,
) -> Limit {
    Limit {
        name,
        what,
        at_least,
        at_most,
        field: Field::Size(field),
    }
}

const fn count(
    name: &'static str,
    what: &'static str,
    at_least: u64,
    at_most: u64,
    field: fn(&mut Limits) -> &mut usize,
) -> Limit {
    Limit {
        name,
        what,
        at_least,
        at_most,
        field: Field::Count(field),
    }
}

/// In milliseconds.
const fn time(
    name: &'static str,
    what: &'static str,
    at_least: u64,
    field: fn(&mut Limits) -> &mut Duration,
) -> Limit {
    Limit {
        name,
        what,
        at_least,
        at_most: DAY,
        field: Field::Time(field),
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
        let mut limits = limits.clone();
        match self.field {
            Field::Size(field) => unit::show_size(*field(&mut limits) as u64),
            Field::Time(field) => unit::show_time(*field(&mut limits)),
            Field::Count(field) => field(&mut limits).to_string(),
            Field::Count32(field) => field(&mut limits).to_string(),
            Field::Count64(field) => field(&mut limits).to_string(),
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
