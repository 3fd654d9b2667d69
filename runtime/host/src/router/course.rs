//! One call on its way over the targets of a route: where next, and when.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::router::backoff::Backoff;
use crate::router::route::{Route, Strategy};
use crate::router::verdict::Next;

/// How long a fallback waits for its preferred target. A caller hardly notices a second; after that
/// an answer from elsewhere is the better one.
const SHORT: Duration = Duration::from_secs(1);

/// What is to be tried next.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// This target, after a wait.
    Try { target: usize, wait: Duration },
    /// Nothing.
    GiveUp,
}

/// The course of one call.
pub(crate) struct Course {
    /// Targets that have not been tried, the next one in front.
    untried: VecDeque<usize>,
    /// Targets that failed and may be asked again, and from when.
    again: Vec<(usize, Instant)>,
    /// What is being tried.
    current: usize,
    retries: u32,
    /// Waits so far.
    waits: u32,
    backoff: Backoff,
    prefers_first: bool,
    deadline: Option<Instant>,
}

impl Course {
    /// A course over the targets in this order; `None` where there are none.
    pub(crate) fn new(
        route: &Route,
        order: Vec<usize>,
        deadline: Option<Instant>,
    ) -> Option<Course> {
        let mut untried = VecDeque::from(order);
        Some(Course {
            current: untried.pop_front()?,
            untried,
            again: Vec::new(),
            retries: route.retries,
            waits: 0,
            backoff: route.backoff,
            prefers_first: route.strategy == Strategy::Fallback,
            deadline,
        })
    }

    /// The target that is being tried.
    pub(crate) fn current(&self) -> usize {
        self.current
    }

    /// The current target failed: what now.
    pub(crate) fn after_failure(
        &mut self,
        next: Next,
        retry_after: Option<Duration>,
        now: Instant,
        random: &mut Rng,
    ) -> Step {
        if next == Next::Nowhere || self.has_passed(now) {
            return Step::GiveUp;
        }
        if next == Next::Anywhere {
            let short = retry_after.filter(|wait| self.prefers_first && *wait <= SHORT);
            if let Some(wait) = short
                && self.retries > 0
                && !self.has_passed(now + wait)
            {
                return self.retry(self.current, wait);
            }
            // A time past what the clock can count never comes.
            let from = now.checked_add(retry_after.unwrap_or_default());
            self.again.extend(from.map(|from| (self.current, from)));
        }
        if let Some(target) = self.untried.pop_front() {
            self.current = target;
            return Step::Try {
                target,
                wait: Duration::ZERO,
            };
        }
        let soonest = self.again.iter().enumerate().min_by_key(|(_, it)| it.1);
        let Some((place, &(target, from))) = soonest else {
            return Step::GiveUp;
        };
        let asked_for = from.saturating_duration_since(now);
        let wait = asked_for.max(self.backoff.wait(self.waits, random));
        if self.retries == 0 || asked_for > self.backoff.patience || self.has_passed(now + wait) {
            return Step::GiveUp;
        }
        self.again.remove(place);
        self.retry(target, wait)
    }

    fn retry(&mut self, target: usize, wait: Duration) -> Step {
        self.retries -= 1;
        self.waits += 1;
        self.current = target;
        Step::Try { target, wait }
    }

    fn has_passed(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }
}

#[cfg(test)]
mod tests {
    // By name: `proptest::prelude` has a `Rng` and a `Strategy` of its own.
    use fastrand::Rng;
    use proptest::prelude::*;

    use super::*;
    use crate::router::route::Strategy;

    /// A course whose backoff is nothing, played against failures: the steps as text.
    fn play(route: &Route, deadline: Option<u64>, failures: &[(Next, Option<u64>)]) -> String {
        let mut now = Instant::now();
        let deadline = deadline.map(|milliseconds| now + Duration::from_millis(milliseconds));
        let order = (0..route.targets.len()).collect();
        let mut course = Course::new(route, order, deadline).expect("there are targets");
        let mut steps = vec![format!("{}", course.current())];
        for (next, retry_after) in failures {
            let retry_after = retry_after.map(Duration::from_millis);
            let step = course.after_failure(*next, retry_after, now, &mut Rng::with_seed(1));
            match step {
                Step::Try { target, wait } if wait.is_zero() => steps.push(format!("{target}")),
                Step::Try { target, wait } => steps.push(format!("{target} after {wait:?}")),
                Step::GiveUp => {
                    steps.push("over".into());
                    break;
                }
            }
            if let Step::Try { wait, .. } = step {
                now += wait;
            }
        }
        steps.join(", ")
    }

    fn route(targets: usize, retries: u32) -> Route {
        let backoff = Backoff {
            base: Duration::ZERO,
            ..Backoff::default()
        };
        Route::new(vec!["provider/model"; targets])
            .retries(retries)
            .backoff(backoff)
    }

    use Next::{Anywhere, Elsewhere, Nowhere};

    #[test]
    fn every_target_gets_its_chance_without_a_retry() {
        let failures = [(Anywhere, None), (Elsewhere, None), (Anywhere, None)];
        assert_eq!(play(&route(3, 0), None, &failures), "0, 1, 2, over");
    }

    #[test]
    fn what_is_wrong_with_the_request_is_tried_nowhere_else() {
        assert_eq!(play(&route(3, 9), None, &[(Nowhere, None)]), "0, over");
    }

    #[test]
    fn after_all_have_failed_those_are_retried_that_time_may_cure() {
        let failures = [
            (Anywhere, None),
            (Elsewhere, None),
            (Anywhere, None),
            (Anywhere, None),
            (Anywhere, None),
            (Anywhere, None),
        ];
        assert_eq!(
            play(&route(3, 3), None, &failures),
            "0, 1, 2, 0, 2, 0, over"
        );
        let hopeless = [(Elsewhere, None); 3];
        assert_eq!(play(&route(3, 3), None, &hopeless), "0, 1, 2, over");
    }

    #[test]
    fn a_fallback_waits_a_moment_for_the_target_it_prefers() {
        let failures = [
            (Anywhere, Some(700)),
            (Anywhere, Some(2_000)),
            (Elsewhere, None),
        ];
        assert_eq!(
            play(&route(2, 2), None, &failures),
            "0, 0 after 700ms, 1, 0 after 2s"
        );
        let balanced = route(2, 2).strategy(Strategy::RoundRobin);
        assert_eq!(play(&balanced, None, &failures[..2]), "0, 1, 0 after 700ms");
    }

    #[test]
    fn the_target_that_may_be_asked_the_soonest_is_asked_first() {
        let failures = [(Anywhere, Some(5_000)), (Anywhere, Some(3_000))];
        assert_eq!(play(&route(2, 1), None, &failures), "0, 1, 1 after 3s");
    }

    #[test]
    fn nothing_is_waited_for_past_the_deadline_or_past_all_patience() {
        let soon = [(Anywhere, Some(500))];
        assert_eq!(play(&route(1, 3), Some(501), &soon), "0, 0 after 500ms");
        assert_eq!(play(&route(1, 3), Some(500), &soon), "0, over");
        assert_eq!(play(&route(2, 3), Some(500), &soon), "0, 1");
        let later = |milliseconds| [(Anywhere, Some(milliseconds))];
        assert_eq!(play(&route(1, 3), None, &later(30_000)), "0, 0 after 30s");
        assert_eq!(play(&route(1, 3), None, &later(30_001)), "0, over");
        assert_eq!(play(&route(1, 3), None, &later(u64::MAX)), "0, over");
    }

    proptest! {
        #[test]
        fn a_course_ends_in_time_and_within_its_retries(
            targets in 1..6_usize,
            retries in 0..6_u32,
            deadline in prop::option::of(0..60_000_u64),
            failures in prop::collection::vec(
                (
                    prop::sample::select(vec![Anywhere, Elsewhere]),
                    prop::option::of(0..40_000_u64),
                    0..10_000_u64,
                ),
                20,
            ),
            seed: u64,
        ) {
            let start = Instant::now();
            let deadline = deadline.map(|it| start + Duration::from_millis(it));
            let route = Route::new(vec!["provider/model"; targets]).retries(retries);
            let mut course = Course::new(&route, (0..targets).collect(), deadline).expect("targets");
            let mut random = Rng::with_seed(seed);
            let (mut now, mut asked) = (start, vec![0_u32; targets]);
            asked[course.current()] += 1;
            let mut dropped = Vec::new();
            for (next, retry_after, took) in failures {
                now += Duration::from_millis(took);
                let failed = course.current();
                if next == Elsewhere {
                    dropped.push(failed);
                }
                let retry_after = retry_after.map(Duration::from_millis);
                let Step::Try { target, wait } =
                    course.after_failure(next, retry_after, now, &mut random)
                else {
                    break;
                };
                prop_assert!(!dropped.contains(&target), "an unfit target is asked again");
                asked[target] += 1;
                now += wait;
                prop_assert!(deadline.is_none_or(|deadline| now < deadline));
            }
            let again: u32 = asked.iter().map(|times| times.saturating_sub(1)).sum();
            prop_assert!(again <= retries);
        }
    }
}
