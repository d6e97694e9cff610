//! Keeps track of which containers around a value are objects.

/// A stack of bits.
#[derive(Default)]
pub(super) struct Levels {
    words: Vec<u64>,
    depth: usize,
}

impl Levels {
    pub(super) fn push(&mut self, bit: bool) {
        let (word, shift) = (self.depth / 64, self.depth % 64);
        if word == self.words.len() {
            self.words.push(0);
        }
        self.words[word] = self.words[word] & !(1 << shift) | u64::from(bit) << shift;
        self.depth += 1;
    }

    pub(super) fn last(&self) -> Option<bool> {
        let at = self.depth.checked_sub(1)?;
        Some(self.words[at / 64] >> (at % 64) & 1 == 1)
    }

    pub(super) fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}
