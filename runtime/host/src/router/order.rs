//! In which order the targets of a route are asked.

use fastrand::Rng;

use crate::router::latency::Latency;
use crate::router::route::{Route, Strategy};

/// One call in so many goes to another target than the fastest, so that a slow one which has
/// recovered is found out.
const EXPLORE: f64 = 20.0;

/// What is known of the targets, each in the order of the route.
pub(crate) struct Signals<'a> {
    /// Counts the calls of the route.
    pub(crate) turn: usize,
    /// How soon they begin to answer.
    pub(crate) latencies: &'a [Latency],
    /// What they cost.
    pub(crate) prices: &'a [Option<f64>],
}

/// The targets by index, the one to be asked first in front.
pub(crate) fn order(route: &Route, signals: &Signals<'_>, random: &mut Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..route.targets.len()).collect();
    match route.strategy {
        Strategy::Fallback => {}
        Strategy::RoundRobin => {
            let turn = signals.turn % order.len().max(1);
            order.rotate_left(turn);
        }
        // Drawing one after the other without putting back is the same as sorting by an exponential
        // variate with the weight as its rate (Efraimidis and Spirakis). Weight 0 sorts last.
        Strategy::Weighted => sort_by(&mut order, |target| match route.targets[target].weight {
            0 => f64::INFINITY,
            weight => -(1.0 - random.f64()).ln() / f64::from(weight),
        }),
        Strategy::LeastLatency => {
            // Those never asked come first, in any order: a crowd must not all try the same one.
            random.shuffle(&mut order);
            let latency = |target: usize| signals.latencies.get(target)?.seconds();
            sort_by(&mut order, |target| latency(target).unwrap_or(-1.0));
            if order.len() > 1 && random.f64() * EXPLORE < 1.0 {
                let explored = random.usize(1..order.len());
                order[..=explored].rotate_right(1);
            }
        }
        Strategy::Cheapest => sort_by(&mut order, |target| {
            let price = signals.prices.get(target).copied().flatten();
            price.unwrap_or(f64::INFINITY)
        }),
    }
    order
}

/// Sorts by a key that is computed once for each; equals keep their order.
fn sort_by(order: &mut Vec<usize>, mut key: impl FnMut(usize) -> f64) {
    let mut keyed: Vec<(f64, usize)> = order.iter().map(|&target| (key(target), target)).collect();
    keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
    *order = keyed.into_iter().map(|(_, target)| target).collect();
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    // By name: `proptest::prelude` has a `Rng` and a `Strategy` of its own.
    use fastrand::Rng;
    use proptest::prelude::*;

    use super::*;
    use crate::router::route::{RouteTarget, Strategy};

    fn route(strategy: Strategy, weights: &[u32]) -> Route {
        let target = |weight: &u32| RouteTarget::new("provider/model").weight(*weight);
        Route::new(weights.iter().map(target)).strategy(strategy)
    }

    fn plain(turn: usize) -> Signals<'static> {
        Signals {
            turn,
            latencies: &[],
            prices: &[],
        }
    }

    const STRATEGIES: [Strategy; 5] = [
        Strategy::Fallback,
        Strategy::Weighted,
        Strategy::RoundRobin,
        Strategy::LeastLatency,
        Strategy::Cheapest,
    ];

    proptest! {
        #[test]
        fn every_target_has_one_place(
            weights in prop::collection::vec(0..5_u32, 1..8),
            strategy in prop::sample::select(&STRATEGIES[..]),
            turn: usize,
            seed: u64,
        ) {
            let mut order =
                order(&route(strategy, &weights), &plain(turn), &mut Rng::with_seed(seed));
            order.sort_unstable();
            prop_assert_eq!(order, (0..weights.len()).collect::<Vec<_>>());
        }

        #[test]
        fn first_places_are_shared_out_by_weight(
            weights in prop::collection::vec(0..10_u32, 2..5),
            seed: u64,
        ) {
            let total: u32 = weights.iter().sum();
            prop_assume!(total > 0);
            let route = route(Strategy::Weighted, &weights);
            let mut random = Rng::with_seed(seed);
            let mut first = vec![0_u32; weights.len()];
            let rounds = 4_000;
            for _ in 0..rounds {
                first[order(&route, &plain(0), &mut random)[0]] += 1;
            }
            for (weight, came) in weights.iter().zip(first) {
                let share = f64::from(*weight) / f64::from(total);
                // Six standard deviations: proptest looks at many seeds.
                let deviation = (share * (1.0 - share) / f64::from(rounds)).sqrt();
                let found = f64::from(came) / f64::from(rounds);
                prop_assert!((found - share).abs() <= 6.0 * deviation, "{found} for {share}");
            }
        }
    }

    #[test]
    fn no_weight_is_the_last_resort() {
        let route = route(Strategy::Weighted, &[0, 1, 0, 3]);
        for seed in 0..200 {
            let order = order(&route, &plain(0), &mut Rng::with_seed(seed));
            assert_eq!(order[2..], [0, 2]);
        }
    }

    #[test]
    fn turns_go_round() {
        let route = route(Strategy::RoundRobin, &[1, 1, 1]);
        let orders: Vec<_> = (0..4)
            .map(|turn| order(&route, &plain(turn), &mut Rng::with_seed(1)))
            .collect();
        assert_eq!(orders, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]);
    }

    #[test]
    fn unknown_targets_first_then_the_fastest_and_now_and_then_another() {
        let route = route(Strategy::LeastLatency, &[1, 1, 1]);
        let sample = |milliseconds| {
            let mut latency = Latency::default();
            latency.note(Duration::from_millis(milliseconds));
            latency
        };
        let count = |latencies: &[Latency]| {
            let mut first = [0; 3];
            for seed in 0..1_000 {
                let signals = Signals {
                    latencies,
                    ..plain(0)
                };
                first[order(&route, &signals, &mut Rng::with_seed(seed))[0]] += 1;
            }
            first
        };
        let crowd = count(&[Latency::default(); 3]);
        assert!(crowd.iter().all(|share| *share > 200), "{crowd:?}");
        let known = count(&[sample(300), sample(100), sample(200)]);
        assert!(known[1] > 900 && known[0] > 5 && known[2] > 5, "{known:?}");
        let unknown = count(&[sample(300), sample(100), Latency::default()]);
        assert!(unknown[2] > 900, "{unknown:?}");
    }

    #[test]
    fn a_low_price_first_and_no_price_last() {
        let route = route(Strategy::Cheapest, &[1, 1, 1, 1]);
        let signals = Signals {
            prices: &[None, Some(2.0), Some(0.5), Some(2.0)],
            ..plain(0)
        };
        assert_eq!(
            order(&route, &signals, &mut Rng::with_seed(1)),
            [2, 1, 3, 0]
        );
    }
}
