//! The first-party providers as components, so that one binary carries them.

/// Name and component of every bundled provider, sorted by name.
const BUNDLE: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

/// What the demonstration locks in: it tries to break out, and is no provider to offer.
pub const HOSTILE: &str = "hostile";

/// Name and text of every profile, sorted by name.
const PROFILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

/// The bundled provider that profiles are of.
pub const PROFILED: &str = "openai-compatible";

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

/// The names and texts of the bundled profiles: services that a provider for many of them knows.
pub fn profiles() -> impl Iterator<Item = (&'static str, &'static str)> {
    PROFILES.iter().copied()
}
