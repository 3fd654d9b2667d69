//! What the operator gets to know.

use std::sync::{Arc, Mutex, PoisonError};

use tidegate_host::{AuditRecord, AuditSink, Outcome};

/// Keeps every audit record of a runtime.
#[derive(Clone, Default)]
pub struct Audit(Arc<Mutex<Vec<AuditRecord>>>);

impl Audit {
    /// What a runtime is given.
    pub fn sink(&self) -> AuditSink {
        let records = self.0.clone();
        Arc::new(move |record| {
            let mut records = records.lock().unwrap_or_else(PoisonError::into_inner);
            records.push(record.clone());
        })
    }

    /// The records, in the order in which their requests were over.
    pub fn records(&self) -> Vec<AuditRecord> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What came of each request.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let records = self.records();
        records.into_iter().map(|record| record.outcome).collect()
    }

    /// The sentence of the one request there was, which was denied; anything else fails the test.
    #[track_caller]
    pub fn denial(&self) -> String {
        match self.outcomes().as_slice() {
            [Outcome::Denied(sentence)] => sentence.clone(),
            other => panic!("not one denial: {other:?}"),
        }
    }
}
