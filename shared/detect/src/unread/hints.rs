//! Reads from the name of a field what content it may hold that cannot be read. Each name is read once,
//! and the walk keeps the result with the name.

/// The hints of a name, as a small set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NameHints(u8);

impl NameHints {
    pub(crate) const NONE: Self = Self(0);
    /// It holds a token, which is no body.
    pub(crate) const TOKEN: Self = Self(1);
    pub(crate) const CIPHERTEXT: Self = Self(1 << 1);
    /// It holds a key.
    pub(crate) const KEY: Self = Self(1 << 2);
    /// It holds bytes that stand beside the data: a signature, a hash.
    pub(crate) const BESIDE_DATA: Self = Self(1 << 3);
    /// It says where the content is stored: `claimCheck`.
    const CLAIM_CHECK: Self = Self(1 << 4);
    /// It is about the content …
    const CONTENT: Self = Self(1 << 5);
    /// … or about where something is: both make a reference to the content.
    const POINTER: Self = Self(1 << 6);

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, hint: Self) -> bool {
        self.0 & hint.0 != 0
    }

    /// `claimCheck`, `payloadLocation`, `bodyS3Uri`, and `dataref` of the `CloudEvents` extension.
    pub(crate) const fn is_reference(self) -> bool {
        self.has(Self::CLAIM_CHECK) || self.has(Self::CONTENT) && self.has(Self::POINTER)
    }

    /// Returns the hints of `name`, written in any of the usual ways.
    pub(crate) fn of(name: &str) -> Self {
        const LONGEST_NAME: usize = 64;
        let mut folded = [0; LONGEST_NAME];
        let mut length = 0;
        for byte in name.bytes().take(LONGEST_NAME) {
            folded[length] = byte.to_ascii_lowercase();
            length += usize::from(byte.is_ascii_alphanumeric());
        }
        let folded = &folded[..length];
        let mut hints = Self::NONE;
        for (at, pair) in folded.windows(2).enumerate() {
            if FOLLOWERS[usize::from(pair[0] & 0x1f)] >> (pair[1] & 0x1f) & 1 == 1 {
                let starts = |word: &str| folded[at..].starts_with(word.as_bytes());
                for (_, hint) in WORDS.iter().filter(|(word, _)| starts(word)) {
                    hints = hints.and(*hint);
                }
            }
        }
        hints
    }
}

/// The words of names, and what each says.
const WORDS: [(&str, NameHints); 39] = [
    ("token", NameHints::TOKEN.and(NameHints::BESIDE_DATA)),
    (
        "authorization",
        NameHints::TOKEN.and(NameHints::BESIDE_DATA),
    ),
    ("cookie", NameHints::TOKEN.and(NameHints::BESIDE_DATA)),
    ("session", NameHints::TOKEN.and(NameHints::BESIDE_DATA)),
    ("jwt", NameHints::TOKEN),
    ("credential", NameHints::TOKEN),
    ("ciphertext", NameHints::CIPHERTEXT),
    ("encrypted", NameHints::CIPHERTEXT),
    ("encdata", NameHints::CIPHERTEXT),
    ("key", NameHints::KEY.and(NameHints::BESIDE_DATA)),
    ("sign", NameHints::BESIDE_DATA),
    ("sig", NameHints::BESIDE_DATA),
    ("hash", NameHints::BESIDE_DATA),
    ("digest", NameHints::BESIDE_DATA),
    ("sha", NameHints::BESIDE_DATA),
    ("md5", NameHints::BESIDE_DATA),
    ("cert", NameHints::BESIDE_DATA),
    ("nonce", NameHints::BESIDE_DATA),
    ("hmac", NameHints::BESIDE_DATA),
    ("cursor", NameHints::BESIDE_DATA),
    ("etag", NameHints::BESIDE_DATA),
    ("chain", NameHints::BESIDE_DATA),
    ("receipthandle", NameHints::BESIDE_DATA),
    ("fingerprint", NameHints::BESIDE_DATA),
    ("x5c", NameHints::BESIDE_DATA),
    ("claimcheck", NameHints::CLAIM_CHECK),
    ("payload", NameHints::CONTENT),
    ("body", NameHints::CONTENT),
    ("message", NameHints::CONTENT),
    ("content", NameHints::CONTENT),
    ("data", NameHints::CONTENT),
    ("event", NameHints::CONTENT),
    ("location", NameHints::POINTER),
    ("pointer", NameHints::POINTER),
    ("ref", NameHints::POINTER),
    ("uri", NameHints::POINTER),
    ("url", NameHints::POINTER),
    ("s3", NameHints::POINTER),
    ("link", NameHints::POINTER),
];

/// By a character, one bit for each that follows it at the start of one of [`WORDS`].
const FOLLOWERS: [u32; 32] = {
    let mut followers = [0; 32];
    let mut at = 0;
    while at < WORDS.len() {
        let word = WORDS[at].0.as_bytes();
        followers[word[0] as usize & 0x1f] |= 1 << (word[1] & 0x1f);
        at += 1;
    }
    followers
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_wherever_it_stands_in_a_name() {
        for (word, hint) in WORDS {
            for name in [
                word.to_owned(),
                format!("x_{word}"),
                format!("my-{}Id", word.to_uppercase()),
            ] {
                assert!(NameHints::of(&name).has(hint), "{name}");
            }
        }
        for name in ["", "k", "customerId", "e-mail", "ke", "s 4"] {
            assert_eq!(NameHints::of(name), NameHints::NONE, "{name}");
        }
    }

    #[test]
    fn a_reference_is_named_after_the_content_and_where_it_is() {
        for name in ["claimCheck", "payloadLocation", "bodyS3Uri", "dataref"] {
            assert!(NameHints::of(name).is_reference(), "{name}");
        }
        for name in ["payload", "location", "imageUrl"] {
            assert!(!NameHints::of(name).is_reference(), "{name}");
        }
    }
}
