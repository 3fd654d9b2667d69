//! How near a target came to a pattern.

/// The first thing in which a target differs from a pattern. A later one is a nearer miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    /// Another host.
    Host,
    /// That host by another scheme.
    Scheme,
    /// That host on another port.
    Port,
    /// That origin, another path.
    Path,
    /// That URL, another method.
    Method,
}
