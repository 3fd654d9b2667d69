//! What tokens cost.

use crate::types::Usage;

/// Prices of a model per million tokens, in the one currency that an operator reckons in.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Price {
    /// Input.
    pub input: f64,
    /// Output.
    pub output: f64,
    /// Input read from a cache; `None`: as other input.
    pub cache_read: Option<f64>,
    /// Input written to a cache; `None`: as other input.
    pub cache_write: Option<f64>,
}

impl Price {
    /// Prices of input and output.
    pub fn new(input: f64, output: f64) -> Self {
        Price {
            input,
            output,
            cache_read: None,
            cache_write: None,
        }
    }

    /// What a usage costs. Counts that the vendor did not give count as nothing.
    ///
    /// ```
    /// use tidegate_host::Price;
    /// use tidegate_host::types::Usage;
    ///
    /// let price = Price { cache_read: Some(0.1), ..Price::new(1.0, 4.0) };
    /// let usage = Usage {
    ///     input: Some(1_000_000), // of these, a half from the cache
    ///     cache_read: Some(500_000),
    ///     cache_write: None,
    ///     output: Some(250_000),
    ///     reasoning: None,
    ///     raw: None,
    /// };
    /// assert_eq!(price.cost(&usage), 0.5 + 0.05 + 1.0);
    /// ```
    pub fn cost(&self, usage: &Usage) -> f64 {
        let tokens = |count: Option<u32>| count.unwrap_or(0);
        let (read, written) = (tokens(usage.cache_read), tokens(usage.cache_write));
        // A vendor that counts the cache beside the input and not in it must not get money back.
        let rest = tokens(usage.input).saturating_sub(read.saturating_add(written));
        let millionths = f64::from(rest) * self.input
            + f64::from(read) * self.cache_read.unwrap_or(self.input)
            + f64::from(written) * self.cache_write.unwrap_or(self.input)
            + f64::from(tokens(usage.output)) * self.output;
        millionths / 1e6
    }

    /// One figure to compare models by: three tokens of input to one of output, as in conversations.
    pub(crate) fn blended(&self) -> f64 {
        (3.0 * self.input + self.output) / 4.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(input: u32, cache_read: u32, cache_write: u32, output: u32) -> Usage {
        Usage {
            input: Some(input),
            cache_read: Some(cache_read),
            cache_write: Some(cache_write),
            output: Some(output),
            reasoning: Some(output),
            raw: None,
        }
    }

    #[test]
    fn caches_have_prices_of_their_own() {
        let plain = Price::new(2.0, 8.0);
        assert_eq!(plain.cost(&usage(1_000_000, 400_000, 100_000, 0)), 2.0);
        let cached = Price {
            cache_read: Some(0.2),
            cache_write: Some(2.5),
            ..plain
        };
        let cost = cached.cost(&usage(1_000_000, 400_000, 100_000, 1_000_000));
        assert!((cost - (1.0 + 0.08 + 0.25 + 8.0)).abs() < 1e-9, "{cost}");
    }

    #[test]
    fn odd_counts_cost_no_less_than_nothing() {
        let price = Price::new(2.0, 8.0);
        assert!(price.cost(&usage(10, u32::MAX, u32::MAX, 0)) > 0.0);
        let unknown = Usage {
            input: None,
            cache_read: None,
            cache_write: None,
            output: None,
            reasoning: None,
            raw: None,
        };
        assert_eq!(price.cost(&unknown), 0.0);
    }
}
