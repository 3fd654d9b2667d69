//! How long to wait until a prediction is looked at again.

/// The longest: what takes minutes is not made much longer by it.
const LONGEST_MS: u32 = 5_000;

/// Waits that grow by half, as long as the exchange's time lasts.
pub struct Patience {
    next_ms: u32,
    /// What is left, as far as one knows: the waits are counted, the time that requests take is
    /// not, there being no clock in an exchange. The host ends what takes longer.
    left_ms: Option<u32>,
}

impl Patience {
    pub fn new(first_ms: u32, left_ms: Option<u32>) -> Self {
        Patience {
            next_ms: first_ms.clamp(1, LONGEST_MS),
            left_ms,
        }
    }

    /// How long to wait now, at least `at_least_ms`; `None` when there is no time left for it.
    pub fn wait_ms(&mut self, at_least_ms: u32) -> Option<u32> {
        let wait = self.next_ms.max(at_least_ms);
        if let Some(left) = &mut self.left_ms {
            *left = left.checked_sub(wait)?;
        }
        self.next_ms = (self.next_ms + self.next_ms.div_ceil(2)).min(LONGEST_MS);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_limit() {
        let mut patience = Patience::new(250, None);
        let waits: Vec<_> = (0..10).filter_map(|_| patience.wait_ms(0)).collect();
        assert_eq!(
            waits,
            [250, 375, 563, 845, 1268, 1902, 2853, 4280, 5000, 5000]
        );
    }

    #[test]
    fn waits_end_with_the_time() {
        let mut patience = Patience::new(250, Some(700));
        assert_eq!(patience.wait_ms(0), Some(250));
        assert_eq!(patience.wait_ms(0), Some(375));
        assert_eq!(patience.wait_ms(0), None);
        assert_eq!(Patience::new(250, Some(700)).wait_ms(7000), None);
    }
}
