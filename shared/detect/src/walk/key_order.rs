//! Predicts the next key of a document. Documents of one kind have their keys in the same order, so
//! the next key is nearly always known before it is read.
//!
//! The keys are recorded as numbers in one long list, the track, in the order in which they come.
//! The prediction is the next number of the list, which lies beside the current one in memory. If a
//! document differs, the last few keys are looked up to find another place in the list where they
//! occur. If there is no such place, the new keys are appended.

/// The longest track. After that it starts anew.
const LONGEST: usize = 1 << 14;
/// The number of places at which the track can be continued.
const TURNS: usize = 1 << 14;

#[derive(Default)]
pub(super) struct KeyOrder {
    track: Vec<u16>,
    /// The position of the expected key on the track. At its end, none is expected.
    at: usize,
    /// The last few keys, as an index of [`Self::turns`].
    last: usize,
    /// The position at which the track continues after the last keys, plus one.
    turns: Vec<u16>,
    /// The turn that was just taken. It is not known yet if its prediction is right.
    taken: Option<usize>,
}

impl KeyOrder {
    /// Returns the key that is expected next.
    #[inline]
    pub(super) fn expected(&self) -> Option<u16> {
        self.track.get(self.at).copied()
    }

    /// Moves past the key that was expected.
    #[inline]
    pub(super) fn follow(&mut self, key: u16) {
        self.pass(key);
        self.at += 1;
        self.taken = None;
    }

    /// Moves past a key, whether it was expected or not.
    pub(super) fn go_on(&mut self, key: u16) {
        if self.expected() == Some(key) {
            self.follow(key);
        } else {
            self.turn(key);
        }
    }

    /// Finds the position to continue from after a key that was not expected.
    fn turn(&mut self, key: u16) {
        if self.turns.is_empty() || self.track.len() >= LONGEST {
            *self = Self {
                turns: vec![0; TURNS],
                last: self.last,
                ..Self::default()
            };
        }
        let end = self.track.len();
        if let Some(turn) = self.taken.take() {
            // The turn was wrong: the same last keys came before, or other keys with the same
            // index.
            self.set(turn, end);
            self.track.push(key);
        } else if self.at >= end {
            self.track.push(key);
        }
        self.pass(key);
        let known = self.turns.get(self.last).copied().unwrap_or_default();
        if let Some(on) = usize::from(known).checked_sub(1) {
            self.at = on;
            self.taken = Some(self.last);
        } else {
            self.at = self.track.len();
            self.set(self.last, self.at);
        }
    }

    #[inline]
    fn pass(&mut self, key: u16) {
        // Bits that are shifted out are forgotten.
        const SHIFT: usize = 2;
        const MULTIPLIER: usize = 0x9e37;
        self.last = ((self.last << SHIFT) ^ (usize::from(key) * MULTIPLIER)) % TURNS;
    }

    fn set(&mut self, turn: usize, on: usize) {
        if let (Some(turn), Ok(on)) = (self.turns.get_mut(turn), u16::try_from(on + 1)) {
            *turn = on;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the number of keys that were not expected.
    fn surprises(order: &mut KeyOrder, keys: &[u16]) -> usize {
        let mut count = 0;
        for &key in keys {
            count += usize::from(order.expected() != Some(key));
            order.go_on(key);
        }
        count
    }

    #[test]
    fn what_came_once_is_expected_the_next_time() {
        let mut order = KeyOrder::default();
        let keys = (0..200).collect::<Vec<_>>();
        assert_eq!(surprises(&mut order, &keys), 200);
        // The last key of another document came before the first of a document.
        assert!(surprises(&mut order, &keys) <= 8);
        // Other keys may have the same index as the last few.
        assert!(surprises(&mut order, &keys) <= 2);
    }

    #[test]
    fn documents_of_two_kinds_share_keys() {
        let mut order = KeyOrder::default();
        let one = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let other = [1, 2, 3, 40, 5, 6, 7, 80, 9, 10, 11, 12];
        for _ in 0..8 {
            surprises(&mut order, &one);
            surprises(&mut order, &other);
        }
        assert!(surprises(&mut order, &one) <= 4);
        assert!(surprises(&mut order, &other) <= 4);
    }

    #[test]
    fn keys_without_an_order_take_bounded_room() {
        let mut order = KeyOrder::default();
        let mut seed = 1_u64;
        let keys = (0..200_000).map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u16::try_from(seed >> 52).unwrap()
        });
        surprises(&mut order, &keys.collect::<Vec<_>>());
        assert!(order.track.len() <= LONGEST && order.turns.len() == TURNS);
        let keys = (0..100).collect::<Vec<_>>();
        surprises(&mut order, &keys);
        assert!(surprises(&mut order, &keys) <= 8);
    }
}
