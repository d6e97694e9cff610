//! Finds which of many intervals contain a value, in logarithmic time.
//!
//! It is a segment tree over the intervals' own end points: an interval is stored at O(log n)
//! nodes, and a value visits the O(log n) nodes above its leaf.

/// A set of inclusive intervals, each with a value of its own.
#[derive(Debug, Clone)]
pub(crate) struct Intervals<T, V> {
    ends: Vec<T>,
    /// The leaves are the end points and the gaps around them; node `n` covers nodes `2n` and `2n +
    /// 1`.
    nodes: Vec<Vec<V>>,
    slots: usize,
}

impl<T: Ord + Copy, V: Copy> Intervals<T, V> {
    pub(crate) fn new(intervals: &[(T, T, V)]) -> Self {
        let mut ends: Vec<T> = intervals
            .iter()
            .flat_map(|(low, high, _)| [*low, *high])
            .collect();
        ends.sort_unstable();
        ends.dedup();
        let slots = 2 * ends.len() + 1;
        let mut set = Self {
            ends,
            nodes: vec![Vec::new(); 2 * slots],
            slots,
        };
        for (low, high, value) in intervals {
            if low <= high {
                set.insert(set.slot(*low), set.slot(*high), *value);
            }
        }
        set
    }

    fn slot(&self, value: T) -> usize {
        match self.ends.binary_search(&value) {
            Ok(place) => 2 * place + 1,
            Err(place) => 2 * place,
        }
    }

    fn insert(&mut self, first: usize, last: usize, value: V) {
        let mut left = first + self.slots;
        let mut right = last + 1 + self.slots;
        while left < right {
            if left % 2 == 1 {
                self.nodes[left].push(value);
                left += 1;
            }
            if right % 2 == 1 {
                right -= 1;
                self.nodes[right].push(value);
            }
            left /= 2;
            right /= 2;
        }
    }

    /// Returns the values of the intervals that contain `value`.
    pub(crate) fn holding(&self, value: T) -> impl Iterator<Item = V> + '_ {
        let leaf = self.slot(value) + self.slots;
        std::iter::successors(Some(leaf), |&node| (node > 1).then_some(node / 2))
            .flat_map(|node| self.nodes[node].iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_a_scan_holds() {
        let intervals = [
            (1, 5, 'a'),
            (5, 5, 'b'),
            (3, 9, 'c'),
            (0, 100, 'd'),
            (7, 6, 'e'),
            (6, 8, 'f'),
        ];
        let set = Intervals::new(&intervals);
        for value in -1..102 {
            let mut held: Vec<char> = set.holding(value).collect();
            held.sort_unstable();
            let mut scanned: Vec<char> = intervals
                .iter()
                .filter(|(low, high, _)| (*low..=*high).contains(&value))
                .map(|(_, _, name)| *name)
                .collect();
            scanned.sort_unstable();
            assert_eq!(held, scanned, "{value}");
        }
    }

    #[test]
    fn an_empty_set_holds_nothing() {
        let set = Intervals::<i32, char>::new(&[]);
        assert_eq!(set.holding(1).count(), 0);
    }
}
