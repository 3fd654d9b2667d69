//! The name that was probably meant.

/// Longer names are nobody's slip of the finger, and comparing them takes time.
const LONGEST: usize = 128;

/// The name nearest to `wanted`, if one is near: at most a third of its letters differ.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.len() > LONGEST {
        return None;
    }
    let (distance, name) = names
        .map(|name| (strsim::osa_distance(wanted, name), name))
        .min()?;
    (distance * 3 <= wanted.chars().count().max(3)).then_some(name)
}
