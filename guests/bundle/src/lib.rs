//! The first-party providers as components, so that one binary carries them.

/// Name and component of every bundled provider, sorted by name.
const BUNDLE: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

/// What the demonstration locks in: it tries to break out, and is no provider to offer.
pub const HOSTILE: &str = "hostile";

/// The component of a bundled provider.
pub fn component(name: &str) -> Option<&'static [u8]> {
    let (_, component) = BUNDLE.iter().find(|(bundled, _)| *bundled == name)?;
    Some(component)
}

/// The names of the bundled providers.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUNDLE
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| *name != HOSTILE)
}
