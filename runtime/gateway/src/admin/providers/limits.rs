//! Every limit of a provider, as numbers in units that their names say.

use serde::Serialize;
use tidegate_host::Limits;
use utoipa::ToSchema;

use crate::admin::answer::milliseconds;

/// What a call may use; the names are those of the configuration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AllLimits {
    memory_bytes: usize,
    table_elements: usize,
    cpu_ms: u64,
    timeout_ms: u64,
    first_byte_ms: u64,
    idle_ms: u64,
    request_bytes: usize,
    response_bytes: usize,
    frame_bytes: usize,
    headers: usize,
    header_bytes: usize,
    fetches: u32,
    events: u64,
    output_bytes: usize,
    log_bytes: usize,
    again: u32,
    handover_bytes: usize,
    handles: usize,
    concurrency: usize,
}

impl AllLimits {
    pub fn of(limits: &Limits) -> Self {
        // Taken apart, so that one that is added is not forgotten here.
        let Limits {
            memory,
            table_elements,
            cpu,
            timeout,
            first_byte,
            idle,
            request,
            response,
            frame,
            headers,
            header_bytes,
            fetches,
            events,
            output,
            log,
            again,
            handover,
            handles,
            concurrency,
        } = limits.clone();
        AllLimits {
            memory_bytes: memory,
            table_elements,
            cpu_ms: milliseconds(cpu),
            timeout_ms: milliseconds(timeout),
            first_byte_ms: milliseconds(first_byte),
            idle_ms: milliseconds(idle),
            request_bytes: request,
            response_bytes: response,
            frame_bytes: frame,
            headers,
            header_bytes,
            fetches,
            events,
            output_bytes: output,
            log_bytes: log,
            again,
            handover_bytes: handover,
            handles,
            concurrency,
        }
    }
}
