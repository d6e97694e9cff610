//! Finds the name that a mistyped one was meant to be.

/// Returns the name that a mistyped one was meant to be.
pub(super) fn nearest<'n>(given: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    nearest_by(given, names, |name| name)
}

/// Returns the item whose name is nearest to a mistyped one, or `None` if no name is near.
pub(super) fn nearest_by<T>(
    given: &str,
    items: impl Iterator<Item = T>,
    name: impl Fn(&T) -> &str,
) -> Option<T> {
    items
        .filter_map(|item| Some((distance(given, name(&item))?, item)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, item)| item)
}

/// The maximum length of a text that is compared with names, in bytes.
const COMPARED_MAX: usize = 64;

/// The length from which the beginning of a name counts as the name.
const BEGINNING_MIN: usize = 3;

/// Returns the edit distance between a mistyped name and a name, or `None` if it is more than a
/// third of the name's length. A name that was cut off or continued is at distance 1.
fn distance(given: &str, name: &str) -> Option<usize> {
    if given.len() > COMPARED_MAX {
        return None;
    }
    let (given, name) = (given.to_lowercase(), name.to_lowercase());
    let begins = given.starts_with(&name) || name.starts_with(&given);
    if begins && given.len().min(name.len()) >= BEGINNING_MIN {
        return Some(usize::from(given != name));
    }
    let distance = strsim::osa_distance(&given, &name);
    (distance <= name.len().div_ceil(3)).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permitted_distance_grows_with_the_length_of_the_name() {
        let names = ["at", "to", "tier", "without-people"];
        let found = |given| nearest(given, names.into_iter());
        assert_eq!(found("teir"), Some("tier"));
        assert_eq!(found("witout-pepole"), Some("without-people"));
        assert_eq!(found("wit"), Some("without-people"));
        for far in ["", "x", "bucket", "grace.hopper", &"tier".repeat(100)] {
            assert_eq!(found(far), None, "{far}");
        }
    }
}
