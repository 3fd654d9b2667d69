//! How many requests are under way to one origin, and on which pool of connections.
//!
//! Every runtime has pools of its own (see `lane.rs`), and counts for itself.
//!
//! The pool keeps one HTTP/2 connection per origin and never opens a second. Servers take some
//! hundred streams on one, and what is beyond waits, in silence, until a stream ends: for a stream
//! of a model that can be minutes. So there are several pools, and an origin moves on to the next
//! one before a connection of the last is full.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use crate::egress::lane::{LANES, Lane};

/// How many pools there are. With [`FULL`], room for as many calls as an engine has instances by
/// default, and some more.
pub(crate) const POOLS: usize = 64;
/// When an origin moves on to the next pool: RFC 9113 recommends that servers take no less than 100
/// streams.
const FULL: usize = 80;

/// The requests under way to one origin, by lane and pool.
pub(crate) struct Load([OnceLock<Box<Counts>>; LANES]);

type Counts = [AtomicUsize; POOLS];

/// One request under way, until it is dropped.
pub(crate) struct Place {
    load: Arc<Load>,
    pub(crate) lane: Lane,
    pub(crate) pool: usize,
}

impl Default for Load {
    fn default() -> Self {
        Load(std::array::from_fn(|_| OnceLock::new()))
    }
}

impl Load {
    /// A place in the first pool of this lane that is not full; where all are, in the one with the
    /// fewest.
    pub(crate) fn enter(self: &Arc<Self>, lane: Lane) -> Place {
        let counts = lane.of(&self.0).get_or_init(|| {
            let counts: Counts = std::array::from_fn(|_| AtomicUsize::new(0));
            Box::new(counts)
        });
        let count = |pool: &AtomicUsize| pool.load(Relaxed);
        let free = counts.iter().position(|pool| count(pool) < FULL);
        let pool = free.unwrap_or_else(|| {
            let fewest = (0..POOLS).min_by_key(|&pool| counts.get(pool).map_or(0, count));
            fewest.unwrap_or_default()
        });
        // Two that enter at once may both take the last place, for which there is room above `FULL`.
        if let Some(count) = counts.get(pool) {
            count.fetch_add(1, Relaxed);
        }
        Place {
            load: self.clone(),
            lane,
            pool,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let counts = self.lane.of(&self.load.0).get();
        if let Some(count) = counts.and_then(|counts| counts.get(self.pool)) {
            count.fetch_sub(1, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_filled_before_the_next_one_and_again_when_there_is_room() {
        let (load, lane) = (Arc::new(Load::default()), Lane::default());
        let mut places: Vec<Place> = (0..FULL).map(|_| load.enter(lane)).collect();
        assert!(places.iter().all(|place| place.pool == 0));
        assert_eq!(load.enter(lane).pool, 1);
        places.pop();
        assert_eq!(load.enter(lane).pool, 0);
    }

    #[test]
    fn when_all_are_full_the_emptiest_takes_more() {
        let (load, lane) = (Arc::new(Load::default()), Lane::default());
        let mut places: Vec<Place> = (0..FULL * POOLS).map(|_| load.enter(lane)).collect();
        assert_eq!(load.enter(lane).pool, 0);
        let last = places.pop().map(|place| place.pool);
        assert_eq!((last, load.enter(lane).pool), (Some(POOLS - 1), POOLS - 1));
    }

    #[test]
    fn lanes_are_counted_apart() {
        let load = Arc::new(Load::default());
        let one = Lane::default();
        let _places: Vec<Place> = (0..FULL).map(|_| load.enter(one)).collect();
        assert_eq!(load.enter(one).pool, 1);
        assert_eq!(load.enter(Lane::numbered(1)).pool, 0);
    }
}
