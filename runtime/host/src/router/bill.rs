//! What one attempt uses and costs, as far as its provider says so, and by estimate beyond that.
//!
//! | the attempt | is charged for |
//! |---|---|
//! | ended well, with a usage | that usage |
//! | ended well, without one | what its input and output are by estimate |
//! | broke off, or its caller went away | what has been said of its usage, and its output by estimate where that is more |
//! | failed before a vendor can have worked for it | nothing |
//!
//! Rates of tokens are set right by the same rule. Without its second and third line, whoever hangs up before the last event, where most vendors put the
//! usage, would use and pay nothing.

use crate::router::attempt::AttemptOutcome;
use crate::router::estimate::{BYTES, EstimateTokens};
use crate::router::price::Price;
use crate::types::{Operation, Output, StreamEvent, Usage};

/// The most tokens of a kind that one attempt is believed to have used, ten times the largest context
/// that is sold. What an upstream says beyond that is an error of its own, and must not use up a
/// month's budget in one call.
const MOST: u32 = 10_000_000;

/// The account of one attempt.
#[derive(Debug)]
pub(crate) struct Bill {
    price: Option<Price>,
    /// Tokens of input, by estimate.
    input: u32,
    /// Bytes of text that have come.
    text: usize,
    usage: Option<Usage>,
    /// Whether the answer is read to its end, as far as is known.
    is_read: bool,
}

/// What an attempt has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Charge {
    /// `None` where no price is known.
    pub(crate) cost: Option<f64>,
    /// Whether some of it was not said by the provider.
    pub(crate) is_estimated: bool,
}

impl Bill {
    pub(crate) fn new(operation: &Operation, price: Option<Price>) -> Self {
        Bill {
            price,
            input: operation.estimate_tokens(),
            text: 0,
            usage: None,
            is_read: true,
        }
    }

    /// Tokens of input, by estimate.
    pub(crate) fn input(&self) -> u32 {
        self.input
    }

    /// Its caller went away before its end: what has been said of the usage may not be the last word.
    pub(crate) fn leave(&mut self) {
        self.is_read = false;
    }

    /// Takes note of an output.
    pub(crate) fn note(&mut self, output: &Output) {
        let usage = match output {
            Output::Event(StreamEvent::Usage(usage)) => Some(usage),
            Output::Event(
                StreamEvent::TextDelta(delta)
                | StreamEvent::ReasoningDelta(delta)
                | StreamEvent::ToolCallDelta(delta)
                | StreamEvent::RefusalDelta(delta),
            ) => {
                self.text = self.text.saturating_add(delta.text.len());
                None
            }
            Output::Event(_) => None,
            Output::Embeddings(embeddings) => embeddings.usage.as_ref(),
            Output::Ranking(ranking) => ranking.usage.as_ref(),
            _ => None,
        };
        if let Some(usage) = usage {
            self.usage = Some(believable(usage));
        }
    }

    /// What the provider has said of its usage.
    pub(crate) fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    /// What the attempt has used, now that it has ended: as far as it has been said, and by estimate.
    fn used(&self, outcome: &AttemptOutcome, begun: bool) -> Usage {
        let said = self.usage.clone().unwrap_or(NOTHING);
        if outcome.costs_nothing(begun) {
            return said;
        }
        let text = u32::try_from(self.text.div_ceil(BYTES)).unwrap_or(u32::MAX);
        let output = match (outcome, said.output) {
            (AttemptOutcome::Answered, Some(output)) if self.is_read => output,
            (_, output) => text.min(MOST).max(output.unwrap_or(0)),
        };
        Usage {
            input: said.input.or(Some(self.input)),
            output: Some(output),
            ..said
        }
    }

    /// Tokens that the attempt has used, input and output together.
    pub(crate) fn tokens(&self, outcome: &AttemptOutcome, begun: bool) -> u32 {
        self.used(outcome, begun).total().unwrap_or(0)
    }

    /// What the attempt has cost.
    pub(crate) fn charge(&self, outcome: &AttemptOutcome, begun: bool) -> Charge {
        let Some(price) = self.price else {
            return Charge::default();
        };
        let used = self.used(outcome, begun);
        let said = self.usage.as_ref().unwrap_or(&NOTHING);
        Charge {
            cost: Some(price.cost(&used)),
            is_estimated: used.input != said.input
                || used.output.unwrap_or(0) != said.output.unwrap_or(0),
        }
    }
}

/// What a provider has said that has said nothing.
const NOTHING: Usage = Usage {
    input: None,
    cache_read: None,
    cache_write: None,
    output: None,
    reasoning: None,
    raw: None,
};

/// The same usage without what nobody can have used, and without the vendor's own figures: they are
/// text, and nobody counts with them.
fn believable(usage: &Usage) -> Usage {
    let most = |count: Option<u32>| count.map(|count| count.min(MOST));
    Usage {
        input: most(usage.input),
        cache_read: most(usage.cache_read),
        cache_write: most(usage.cache_write),
        output: most(usage.output),
        reasoning: most(usage.reasoning),
        raw: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{ChatRequest, Delta, ErrorKind, Message};

    fn bill(price: Option<Price>) -> Bill {
        // 4 for the message, 10 for its text.
        let message = Message::user("a".repeat(40));
        Bill::new(
            &Operation::Chat(ChatRequest::new("m", vec![message])),
            price,
        )
    }

    fn text(bill: &mut Bill, bytes: usize) {
        bill.note(&Output::Event(StreamEvent::TextDelta(Delta {
            choice: 0,
            part: 0,
            text: "a".repeat(bytes),
        })));
    }

    fn usage(bill: &mut Bill, input: Option<u32>, output: Option<u32>) {
        bill.note(&Output::Event(StreamEvent::Usage(Usage {
            input,
            output,
            cache_read: None,
            cache_write: None,
            reasoning: None,
            raw: Some("{}".into()),
        })));
    }

    /// A dollar for each token of input, a thousand for each of output.
    fn price() -> Option<Price> {
        Some(Price::new(1e6, 1e9))
    }

    fn charged(bill: &Bill, outcome: AttemptOutcome, begun: bool) -> (Option<f64>, bool) {
        let charge = bill.charge(&outcome, begun);
        (charge.cost, charge.is_estimated)
    }

    fn failed(kind: ErrorKind) -> AttemptOutcome {
        AttemptOutcome::Failed { kind, status: None }
    }

    #[test]
    fn what_is_said_counts() {
        let mut bill = bill(price());
        text(&mut bill, 4_000);
        usage(&mut bill, Some(20), Some(3));
        let answered = charged(&bill, AttemptOutcome::Answered, true);
        assert_eq!(answered, (Some(3_020.0), false));
        assert_eq!(bill.usage().and_then(|usage| usage.raw.as_ref()), None);
    }

    #[test]
    fn what_is_not_said_is_estimated() {
        let mut bill = bill(price());
        text(&mut bill, 7);
        let answered = charged(&bill, AttemptOutcome::Answered, true);
        assert_eq!(answered, (Some(2_014.0), true));
        // Said at the beginning of a stream, as some vendors do, and left before its end.
        usage(&mut bill, Some(20), Some(1));
        let gone = charged(&bill, AttemptOutcome::Abandoned, true);
        assert_eq!(gone, (Some(2_020.0), true));
    }

    #[test]
    fn a_call_that_nobody_worked_for_costs_nothing() {
        let bill = bill(price());
        let refused = charged(&bill, failed(ErrorKind::RateLimited), false);
        assert_eq!(refused, (Some(0.0), false));
        let timed_out = charged(&bill, failed(ErrorKind::Timeout), false);
        assert_eq!(timed_out, (Some(14.0), true));
    }

    #[test]
    fn an_answer_that_came_and_was_of_no_use_is_paid_for() {
        let bill = bill(price());
        // Larger than is accepted, or a guest that could not read it.
        for kind in [ErrorKind::Upstream, ErrorKind::Internal] {
            assert_eq!(charged(&bill, failed(kind), false), (Some(14.0), true));
            let refused = AttemptOutcome::Failed {
                kind,
                status: Some(502),
            };
            assert_eq!(charged(&bill, refused, false), (Some(0.0), false));
        }
    }

    #[test]
    fn what_is_said_early_is_not_the_last_word_for_those_who_leave() {
        let mut bill = bill(price());
        usage(&mut bill, Some(20), Some(1));
        text(&mut bill, 400);
        assert_eq!(bill.tokens(&AttemptOutcome::Answered, true), 21);
        bill.leave();
        assert_eq!(bill.tokens(&AttemptOutcome::Answered, true), 120);
        assert_eq!(bill.tokens(&AttemptOutcome::Abandoned, true), 120);
        let gone = charged(&bill, AttemptOutcome::Answered, true);
        assert_eq!(gone, (Some(100_020.0), true));
    }

    #[test]
    fn without_a_price_nobody_knows() {
        let mut bill = bill(None);
        usage(&mut bill, Some(20), Some(3));
        assert_eq!(
            charged(&bill, AttemptOutcome::Answered, true),
            (None, false)
        );
    }

    #[test]
    fn absurd_counts_are_not_believed() {
        let mut bill = bill(price());
        usage(&mut bill, Some(u32::MAX), Some(u32::MAX));
        let used = bill.usage().map(|usage| (usage.input, usage.output));
        assert_eq!(used, Some((Some(MOST), Some(MOST))));
        let (cost, _) = charged(&bill, AttemptOutcome::Answered, true);
        assert_eq!(cost, Some(f64::from(MOST) * 1_001.0));
    }
}
