//! Series at hand: what is counted again and again is looked up once, by a key that costs nothing to make.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

/// Values made on demand and kept for good. There are as many as there are keys, so keys have to be
/// bounded.
pub struct Kept<K, V>(RwLock<HashMap<K, V>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Kept(RwLock::default())
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    /// The value of a key, if it was made.
    pub fn get(&self, key: &K) -> Option<V> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).cloned()
    }

    /// The value of a key, made where it is the first time.
    pub fn get_or(&self, key: K, make: impl FnOnce() -> V) -> V {
        if let Some(value) = self.get(&key) {
            return value;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.entry(key).or_insert_with(make).clone()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}
