//! Entries of a topology by name and home.

use std::collections::HashMap;

use crate::home::Home;

/// Entries of one kind. Two entries may have one name in different homes.
pub(crate) struct ByName<T> {
    entries: HashMap<String, Vec<(Home, T)>>,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
        }
    }
}

impl<T> ByName<T> {
    /// Adds an entry.
    pub(crate) fn insert(&mut self, name: impl Into<String>, home: Home, entry: T) {
        self.entries
            .entry(name.into())
            .or_default()
            .push((home, entry));
    }

    /// The entry of this name and home with what its home says: the one with exactly this home, or
    /// else the only one whose home fits. Where several fit, none is taken.
    pub(crate) fn find(&self, name: &str, home: Home) -> Option<(Home, &T)> {
        let entries = self.entries.get(name)?;
        let exact = entries.iter().find(|(at, _)| *at == home);
        let found = exact.or_else(|| {
            let mut fitting = entries.iter().filter(|(at, _)| at.fits(&home));
            fitting.next().filter(|_| fitting.next().is_none())
        });
        found.map(|(at, entry)| (*at, entry))
    }

    /// Every entry, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Home, &T)> {
        self.entries.iter().flat_map(|(name, entries)| {
            entries
                .iter()
                .map(move |(home, entry)| (name.as_str(), *home, entry))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_by_its_home_or_as_the_only_one_that_fits() {
        let [one, two] =
            ["111111111111", "222222222222"].map(|account| Home::of(account, "eu-west-1"));
        let mut entries = ByName::default();
        entries.insert("anywhere", Home::UNKNOWN, 0);
        entries.insert("orders", one, 1);
        entries.insert("orders", two, 2);
        let find = |name: &str, home| entries.find(name, home).map(|(_, entry)| *entry);
        assert_eq!(find("anywhere", one), Some(0));
        assert_eq!(find("orders", one), Some(1));
        assert_eq!(find("orders", Home::of("222222222222", "")), Some(2));
        assert_eq!(find("orders", Home::UNKNOWN), None);
        assert_eq!(find("orders", Home::of("", "eu-west-1")), None);
        assert_eq!(find("orders", Home::of("333333333333", "")), None);
    }
}
