//! The name that was probably meant.

/// The name nearest to `wanted`, if one is near: at most a third of its letters differ.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, name) = names
        .map(|name| (strsim::osa_distance(wanted, name), name))
        .min()?;
    (distance * 3 <= wanted.chars().count().max(3)).then_some(name)
}

/// The hint for a name that is none of those known: the nearest one, or all of them.
pub(crate) fn hint<'a>(
    wanted: &str,
    has: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> String {
    if let Some(name) = nearest(wanted, names.clone()) {
        return format!("did you mean `{name}`?");
    }
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => format!("{has} nothing"),
        names => format!("{has} {}", names.join(", ")),
    }
}
