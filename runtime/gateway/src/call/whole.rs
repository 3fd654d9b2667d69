//! Answers that go out in one piece.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use tidegate_host::types::Warning;
use tidegate_host::{Completion, EventStream, Version};

use super::endpoint::JSON;
use super::{Call, Response};
use crate::failure::Failure;
use crate::headers;
use crate::serving::AnswerBody;
use crate::shared::Shared;

impl Call {
    /// Waits for a whole answer. Warnings of the dialect join those of the provider.
    pub async fn fold(&mut self, events: EventStream) -> Result<Completion, Failure> {
        let mut completion = match events.complete().await {
            Ok(completion) => completion,
            Err(error) => return Err(self.failed(error)),
        };
        completion.warnings.splice(0..0, self.warnings.drain(..));
        Ok(completion)
    }

    /// A JSON document of a dialect, with the headers that say who answered.
    pub fn whole(
        &self,
        body: Vec<u8>,
        version: Option<&Version>,
        warnings: &[Warning],
    ) -> Response {
        self.prompts().answered(&self.id, &body);
        let mut response = Response::new(AnswerBody::from(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        describe(&self.gateway, headers, version, warnings);
        response
    }
}

/// Says who answered, and what could not be honoured.
pub(super) fn describe(
    gateway: &Shared,
    headers: &mut HeaderMap,
    version: Option<&Version>,
    warnings: &[Warning],
) {
    if let Some(version) = version {
        gateway.signatures.sign(version, headers);
    }
    if let Some(warnings) = headers::warnings(warnings) {
        headers.insert(headers::WARNINGS, warnings);
    }
}
