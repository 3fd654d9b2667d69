//! A new version has to prove itself: when its first calls fail through its own fault, the version
//! before it comes back.
//!
//! | what happens to a call | what it means |
//! |---|---|
//! | it ends well, once | the version stays, whatever comes |
//! | it fails in a way that speaks against the version (`Verdict::discredits`) | one try less |
//! | it fails otherwise, or is dropped | nothing: the old version would have fared no better |
//! | no try is left | the version goes |

/// The trial of one version.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Probation {
    /// It has so many tries left.
    OnTrial(u32),
    /// It stays.
    Passed,
    /// It went.
    Failed,
}

impl Probation {
    /// How many first calls in a row may fail. Chance does not trap five times.
    pub(crate) const TRIES: u32 = 5;

    /// A trial with so many tries; without any there is no trial.
    pub(crate) fn new(tries: u32) -> Self {
        match tries {
            0 => Probation::Passed,
            tries => Probation::OnTrial(tries),
        }
    }

    /// A call ended well.
    pub(crate) fn succeeded(&mut self) {
        if let Probation::OnTrial(_) = self {
            *self = Probation::Passed;
        }
    }

    /// A call failed in a way that speaks against the version. Whether it goes, said once.
    pub(crate) fn failed(&mut self) -> bool {
        match self {
            Probation::OnTrial(tries) if *tries > 1 => {
                *tries -= 1;
                false
            }
            Probation::OnTrial(_) => {
                *self = Probation::Failed;
                true
            }
            Probation::Passed | Probation::Failed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_whose_first_calls_all_fail_goes_once() {
        let mut probation = Probation::new(3);
        let goes: Vec<bool> = (0..5).map(|_| probation.failed()).collect();
        assert_eq!(goes, [false, false, true, false, false]);
        probation.succeeded();
        assert_eq!(probation, Probation::Failed);
    }

    #[test]
    fn one_success_ends_the_trial() {
        let mut probation = Probation::new(3);
        assert!(!probation.failed() && !probation.failed());
        probation.succeeded();
        assert!((0..10).all(|_| !probation.failed()));
    }

    #[test]
    fn without_tries_there_is_no_trial() {
        assert!(!Probation::new(0).failed());
    }
}
