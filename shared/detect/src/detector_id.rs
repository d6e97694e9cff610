//! Small numbers that identify detectors, and sets of these numbers.
//!
//! The engine numbers the detectors of the registry first and the classes that a configuration
//! declares after them. The walk stores the number with a candidate, a field's name or a keyword in
//! prose. [`Engine`](crate::Engine) turns it back into a class.

/// The number of a detector, or of a class that a configuration declares. The numbers are in the
/// order of the registry. Of two candidates with the same confidence, the one with the lower number
/// wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DetectorId(u8);

impl DetectorId {
    /// Returns the id of the detector at `index` of the engine's list. An index beyond the capacity
    /// of [`DetectorSet`] cannot occur, because the engine compares the two at compile time.
    pub(crate) fn from_index(index: usize) -> Self {
        Self(u8::try_from(index).unwrap_or(u8::MAX))
    }

    /// Returns the ids from this one on, in order, for numbering a list.
    pub(crate) fn and_following(self) -> impl Iterator<Item = Self> {
        (self.0..=u8::MAX).map(Self)
    }

    /// Returns every id in order, for numbering a list.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self(0).and_following()
    }

    #[inline]
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of detectors.
///
/// It has four words, so that adding or testing an id touches a single word. The walk passes the
/// set by reference, and most leaves share one empty set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DetectorSet([u64; 4]);

impl DetectorSet {
    /// The number of different ids that a set can hold, which is the number of all ids.
    pub(crate) const CAPACITY: usize = 256;
    pub(crate) const EMPTY: Self = Self([0; 4]);
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        let [first, second, third, fourth] = self.0;
        first | second | third | fourth == 0
    }

    #[inline]
    pub(crate) fn has(&self, id: DetectorId) -> bool {
        self.0[id.index() / 64] >> (id.index() % 64) & 1 == 1
    }

    #[inline]
    pub(crate) fn insert(&mut self, id: DetectorId) {
        self.0[id.index() / 64] |= 1 << (id.index() % 64);
    }

    #[inline]
    pub(crate) fn insert_all(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }
}

impl FromIterator<DetectorId> for DetectorSet {
    fn from_iter<I: IntoIterator<Item = DetectorId>>(ids: I) -> Self {
        let mut set = Self::EMPTY;
        for id in ids {
            set.insert(id);
        }
        set
    }
}

const _: () = assert!(DetectorSet::CAPACITY == u8::MAX as usize + 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_any_id_and_no_other() {
        for id in DetectorId::all() {
            let set: DetectorSet = [id].into_iter().collect();
            assert!(!set.is_empty());
            assert!(DetectorId::all().all(|other| set.has(other) == (other == id)));
        }
        assert!(DetectorSet::EMPTY.is_empty());
        let mut all = DetectorSet::EMPTY;
        all.insert_all(&DetectorId::all().collect());
        assert_eq!(DetectorId::all().count(), DetectorSet::CAPACITY);
        assert!(DetectorId::all().all(|id| all.has(id)));
    }
}
