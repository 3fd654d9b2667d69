//! Vectors and likeness, by nothing but the words in common.

use std::collections::BTreeSet;

use crate::words;

/// A vector of length 1: the sum of one vector per word, so that texts with words in common point
/// in similar directions.
pub fn of_text(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0; dimensions];
    for word in words::lowercase(text) {
        add(&mut vector, word.as_bytes());
    }
    normalize(vector)
}

/// The same for token ids, each of which counts as a word.
pub fn of_tokens(tokens: &[u32], dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0; dimensions];
    for token in tokens {
        add(&mut vector, &token.to_le_bytes());
    }
    normalize(vector)
}

/// The share of the query's words that the document has, from 0 to 1.
pub fn overlap(query: &str, document: &str) -> f64 {
    let query: BTreeSet<String> = words::lowercase(query).collect();
    let document: BTreeSet<String> = words::lowercase(document).collect();
    match query.len() {
        0 => 0.0,
        all => query.intersection(&document).count() as f64 / all as f64,
    }
}

/// Adds numbers between -1 and 1 that depend on the word alone.
fn add(vector: &mut [f64], word: &[u8]) {
    let mut state = fnv1a(word);
    for component in vector {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        // The top 53 bits are what a double holds exactly.
        *component += (mix(state) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
    }
}

fn normalize(vector: Vec<f64>) -> Vec<f32> {
    let square: f64 = vector.iter().map(|component| component * component).sum();
    match square.sqrt() {
        // No words: any direction will do.
        0.0 => (0..vector.len())
            .map(|index| f32::from(index == 0))
            .collect(),
        length => vector
            .iter()
            .map(|component| (component / length) as f32)
            .collect(),
    }
}

/// The 64-bit FNV-1a hash (RFC 9923).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The output function of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, 2014).
fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn vectors_have_length_one() {
        for text in ["", "one", "one two three", "ä"] {
            let vector = of_text(text, 8);
            assert!((dot(&vector, &vector) - 1.0).abs() < 1e-6);
        }
        let vector = of_tokens(&[1, 2], 3);
        assert!((dot(&vector, &vector) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn like_texts_have_like_vectors() {
        let a = of_text("the quick brown fox", 64);
        let b = of_text("The QUICK red fox", 64);
        let c = of_text("nothing to see here", 64);
        assert!(dot(&a, &b) > 0.5);
        assert!(dot(&a, &b) > dot(&a, &c));
    }

    #[test]
    fn hashes_are_the_published_ones() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
        // The first number of SplitMix64 seeded with 0.
        assert_eq!(mix(0x9e37_79b9_7f4a_7c15), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn overlap_is_the_share_of_the_query() {
        assert_eq!(overlap("red fox", "The fox is RED"), 1.0);
        assert_eq!(overlap("red fox", "the fox"), 0.5);
        assert_eq!(overlap("", "the fox"), 0.0);
    }
}
