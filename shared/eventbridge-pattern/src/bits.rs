//! Represents sets of small numbers as bits, in words that the caller owns.

/// Returns the number of words for numbers below `count`.
pub(crate) fn words(count: usize) -> usize {
    count.div_ceil(64)
}

#[inline]
pub(crate) fn insert(set: &mut [u64], number: u32) {
    set[number as usize / 64] |= 1 << (number % 64);
}

#[inline]
pub(crate) fn contains(set: &[u64], number: u32) -> bool {
    set[number as usize / 64] & 1 << (number % 64) != 0
}

/// Inserts a number. Returns true if it was not in the set before.
#[inline]
pub(crate) fn insert_new(set: &mut [u64], number: u32) -> bool {
    let is_new = !contains(set, number);
    insert(set, number);
    is_new
}

pub(crate) fn count(set: &[u64]) -> usize {
    // Most words are empty, and not every processor counts bits in a single instruction.
    let filled = set.iter().filter(|&&word| word != 0);
    filled.map(|word| word.count_ones() as usize).sum()
}

/// Calls `take` with the numbers of a set, in ascending order.
#[inline]
pub(crate) fn each(set: &[u64], mut take: impl FnMut(u32)) {
    each_of(set.iter().copied(), &mut take);
}

/// Calls `take` with the numbers in both sets, in ascending order.
#[inline]
pub(crate) fn each_in_both(left: &[u64], right: &[u64], mut take: impl FnMut(u32)) {
    each_of(
        left.iter().zip(right).map(|(left, right)| left & right),
        &mut take,
    );
}

#[inline]
fn each_of(words: impl Iterator<Item = u64>, take: &mut impl FnMut(u32)) {
    let mut first = 0;
    for word in words {
        let mut rest = word;
        while rest != 0 {
            take(first + rest.trailing_zeros());
            rest &= rest - 1;
        }
        first += 64;
    }
}

/// Words for sets, up to `N` of them without an allocation.
#[derive(Debug)]
pub(crate) struct Buffer<const N: usize> {
    few: [u64; N],
    many: Vec<u64>,
    /// The number of words in `few` that may be other than zero.
    used: usize,
}

impl<const N: usize> Buffer<N> {
    pub(crate) fn new() -> Self {
        Self {
            few: [0; N],
            many: Vec::new(),
            used: 0,
        }
    }

    /// Returns this many words, all zero.
    #[inline]
    pub(crate) fn zeros(&mut self, words: usize) -> &mut [u64] {
        if words > N {
            self.many.clear();
            self.many.resize(words, 0);
            return &mut self.many;
        }
        self.few[..self.used].fill(0);
        self.used = words;
        &mut self.few[..words]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_gives_what_was_inserted_ascending() {
        let mut set = vec![0; words(200)];
        for number in [199, 0, 63, 64, 128] {
            assert!(insert_new(&mut set, number));
        }
        assert!(!insert_new(&mut set, 64));
        assert!(contains(&set, 128) && !contains(&set, 127));
        let mut numbers = Vec::new();
        each(&set, |number| numbers.push(number));
        assert_eq!(numbers, [0, 63, 64, 128, 199]);
        assert_eq!(count(&set), 5);
        let mut other = vec![0; words(200)];
        insert(&mut other, 64);
        insert(&mut other, 65);
        each_in_both(&set, &other, |number| assert_eq!(number, 64));
    }

    #[test]
    fn a_buffer_is_zero_whenever_it_is_asked_for() {
        let mut buffer = Buffer::<2>::new();
        for words in [1, 2, 3, 5, 4, 2] {
            let zeros = buffer.zeros(words);
            assert_eq!(zeros, vec![0; words]);
            zeros.fill(u64::MAX);
        }
    }
}
