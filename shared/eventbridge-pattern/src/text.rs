//! Implements conditions on text: prefix, suffix, wildcard, and text regardless of case.
//!
//! AWS's engine matches against the value *with its quotation marks*, so a prefix whose last
//! character is a quotation mark also matches a value that ends there. Everything here receives the
//! quoted value and preserves this behaviour. All searches are linear in the value.

use memchr::memmem;

/// A condition on a quoted value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Text {
    Prefix(Box<str>),
    Suffix(Box<str>),
    Caseless(Caseless),
    CaselessPrefix(Caseless),
    CaselessSuffix(Caseless),
    Wildcard(Wildcard),
}

impl Text {
    /// Returns true if the condition accepts the value. `quoted` has its quotation marks and is in
    /// UTF-8.
    pub(crate) fn accepts(&self, quoted: &[u8]) -> bool {
        let from_first = &quoted[1..];
        let to_last = &quoted[..quoted.len() - 1];
        match self {
            Self::Prefix(prefix) => from_first.starts_with(prefix.as_bytes()),
            Self::Suffix(suffix) => to_last.ends_with(suffix.as_bytes()),
            Self::Caseless(text) => text.equals(inner(quoted)),
            Self::CaselessPrefix(prefix) => prefix.begins(from_first),
            Self::CaselessSuffix(suffix) => suffix.ends(to_last),
            Self::Wildcard(wildcard) => wildcard.accepts(inner(quoted)),
        }
    }
}

/// The key by which a text condition can be indexed. `lower` means regardless of the case of ASCII
/// letters, with the text in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Key<'t> {
    /// The value, without quotation marks, in lower case.
    Lower(&'t str),
    /// The beginning of the value after its first quotation mark.
    Begins { text: &'t str, lower: bool },
    /// The end of the value before its last quotation mark.
    Ends { text: &'t str, lower: bool },
    /// Text that the quoted value must contain to satisfy the condition.
    Needle { text: String, lower: bool },
    /// Nothing: any string may satisfy the condition.
    Anything,
}

impl Text {
    pub(crate) fn key(&self) -> Key<'_> {
        let caseless = match self {
            Self::Prefix(text) => return Key::Begins { text, lower: false },
            Self::Suffix(text) => return Key::Ends { text, lower: false },
            Self::Wildcard(wildcard) => {
                return Key::Needle {
                    text: wildcard.needle(),
                    lower: false,
                };
            }
            Self::Caseless(text) | Self::CaselessPrefix(text) | Self::CaselessSuffix(text) => text,
        };
        match (caseless.ascii(), self) {
            (Some(text), Self::CaselessPrefix(_)) => Key::Begins { text, lower: true },
            (Some(text), Self::CaselessSuffix(_)) => Key::Ends { text, lower: true },
            (Some(text), _) => Key::Lower(text),
            (None, _) => match caseless.longest_ascii_run() {
                run if run.is_empty() => Key::Anything,
                text => Key::Needle { text, lower: true },
            },
        }
    }
}

fn inner(quoted: &[u8]) -> &[u8] {
    &quoted[1..quoted.len() - 1]
}

/// Text that is compared regardless of case.
///
/// The engine takes each UTF-16 unit of the pattern in its lower or its upper case, one of which
/// may be longer than the other (`ß` stands for itself and for `SS`). It does not fold the value,
/// so only the forms of the pattern's characters count. A character beyond the basic plane is two
/// units, neither of which is text by itself, so each becomes `?`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Caseless {
    units: Units,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Units {
    /// Only ASCII, in lower case.
    Ascii(Box<str>),
    Cased(Box<[Cased]>),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Cased {
    lower: Box<str>,
    upper: Box<str>,
}

impl Caseless {
    pub(crate) fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self {
                units: Units::Ascii(text.to_ascii_lowercase().into()),
            };
        }
        let mut units = Vec::new();
        for character in text.chars() {
            if character.len_utf16() == 1 {
                units.push(Cased {
                    lower: character.to_lowercase().collect(),
                    upper: character.to_uppercase().collect(),
                });
            } else {
                let unmappable = Cased {
                    lower: "?".into(),
                    upper: "?".into(),
                };
                units.extend([unmappable.clone(), unmappable]);
            }
        }
        Self {
            units: Units::Cased(units.into()),
        }
    }

    /// Returns the text in lower case if it is ASCII.
    fn ascii(&self) -> Option<&str> {
        match &self.units {
            Units::Ascii(lower) => Some(lower),
            Units::Cased(_) => None,
        }
    }

    /// Returns the longest run of ASCII characters, in lower case.
    fn longest_ascii_run(&self) -> String {
        match &self.units {
            Units::Ascii(lower) => lower.to_string(),
            Units::Cased(units) => units
                .split(|unit| !unit.lower.is_ascii() || !unit.upper.is_ascii())
                .map(|run| run.iter().map(|unit| &*unit.lower).collect::<String>())
                .max_by_key(String::len)
                .unwrap_or_default(),
        }
    }

    fn equals(&self, value: &[u8]) -> bool {
        match &self.units {
            Units::Ascii(lower) => value.eq_ignore_ascii_case(lower.as_bytes()),
            Units::Cased(units) => reach(value, units.iter(), Side::Start).contains(&value.len()),
        }
    }

    fn begins(&self, value: &[u8]) -> bool {
        match &self.units {
            Units::Ascii(lower) => value
                .get(..lower.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(lower.as_bytes())),
            Units::Cased(units) => !reach(value, units.iter(), Side::Start).is_empty(),
        }
    }

    fn ends(&self, value: &[u8]) -> bool {
        match &self.units {
            Units::Ascii(lower) => value
                .len()
                .checked_sub(lower.len())
                .and_then(|start| value.get(start..))
                .is_some_and(|end| end.eq_ignore_ascii_case(lower.as_bytes())),
            Units::Cased(units) => !reach(value, units.iter().rev(), Side::End).is_empty(),
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Start,
    End,
}

/// Returns every number of bytes at one side of the value that the units can match.
fn reach<'u>(value: &[u8], units: impl Iterator<Item = &'u Cased>, side: Side) -> Vec<usize> {
    let mut reached = vec![0];
    for unit in units {
        let mut next = Vec::with_capacity(reached.len());
        for taken in reached {
            for case in [unit.lower.as_bytes(), unit.upper.as_bytes()] {
                let fits = match side {
                    Side::Start => value[taken..].starts_with(case),
                    Side::End => value[..value.len() - taken].ends_with(case),
                };
                if fits && !next.contains(&(taken + case.len())) {
                    next.push(taken + case.len());
                }
            }
        }
        reached = next;
        if reached.is_empty() {
            break;
        }
    }
    reached
}

/// Text with `*` for any run of characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wildcard {
    /// The texts between the asterisks; at least one piece.
    pieces: Box<[Box<str>]>,
}

/// The reason a text is not a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WildcardFault {
    Consecutive,
    Escape,
}

impl Wildcard {
    pub(crate) fn parse(text: &str) -> Result<Self, WildcardFault> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '*' => {
                    if characters.peek() == Some(&'*') {
                        return Err(WildcardFault::Consecutive);
                    }
                    pieces.push(std::mem::take(&mut piece).into());
                }
                '\\' => match characters.next() {
                    Some(escaped @ ('*' | '\\')) => piece.push(escaped),
                    _ => return Err(WildcardFault::Escape),
                },
                plain => piece.push(plain),
            }
        }
        pieces.push(piece.into());
        Ok(Self {
            pieces: pieces.into(),
        })
    }

    /// Returns true if the wildcard accepts the value. Each inner piece is matched at its first
    /// occurrence, which is linear and always right, because an earlier position leaves more text
    /// for the later pieces.
    pub(crate) fn accepts(&self, value: &[u8]) -> bool {
        let [first, inner @ .., last] = &*self.pieces else {
            return self
                .pieces
                .first()
                .is_some_and(|only| only.as_bytes() == value);
        };
        let Some(mut rest) = value.strip_prefix(first.as_bytes()) else {
            return false;
        };
        for piece in inner {
            match memmem::find(rest, piece.as_bytes()) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        rest.ends_with(last.as_bytes())
    }

    /// Returns the longest piece. The first piece includes the opening quotation mark, and the last
    /// one the closing mark.
    fn needle(&self) -> String {
        match &*self.pieces {
            [first, inner @ .., last] => inner
                .iter()
                .map(ToString::to_string)
                .chain([format!("\"{first}"), format!("{last}\"")])
                .max_by_key(String::len)
                .unwrap_or_default(),
            pieces => format!("\"{}\"", pieces.concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wild(pattern: &str, value: &str) -> bool {
        Wildcard::parse(pattern).unwrap().accepts(value.as_bytes())
    }

    #[test]
    fn an_asterisk_stands_for_any_run() {
        assert!(wild("*", ""));
        assert!(wild("a*", "a"));
        assert!(wild("*a", "a"));
        assert!(wild("a*b*c", "a--b--b--c"));
        assert!(wild("*ab*ab*", "abab"));
        assert!(!wild("*ab*ab*", "abc"));
        assert!(!wild("ab*ba", "aba"));
        assert!(wild("", ""));
        assert!(!wild("", "a"));
    }

    #[test]
    fn a_backslash_escapes_an_asterisk_or_itself_and_nothing_else() {
        assert!(wild(r"x\*y", "x*y"));
        assert!(!wild(r"x\*y", "x-y"));
        assert!(wild(r"a\\*", r"a\b"));
        assert!(wild(r"x\**", "x*yz"));
        assert_eq!(Wildcard::parse(r"a\q"), Err(WildcardFault::Escape));
        assert_eq!(Wildcard::parse(r"a\"), Err(WildcardFault::Escape));
        assert_eq!(Wildcard::parse("a**"), Err(WildcardFault::Consecutive));
    }

    #[test]
    fn case_is_what_the_patterns_characters_can_turn_into() {
        let equals = |pattern: &str, value: &str| Caseless::new(pattern).equals(value.as_bytes());
        assert!(equals("ÜNÏCODE", "ünïcode"));
        assert!(equals("straße", "STRASSE"));
        assert!(!equals("strasse", "straße"));
        // The Kelvin sign's lower case is a plain k, but a k's upper case is not the Kelvin sign.
        assert!(equals("\u{212a}", "k"));
        assert!(!equals("k", "\u{212a}"));
        // The character has three bytes in one case and two in the other.
        assert!(equals("aⱥb", "AȺB"));
        assert!(!equals("😀", "😀"));
    }

    #[test]
    fn caseless_ends_are_searched_from_the_end() {
        assert!(Caseless::new("É AU").ends("café au".as_bytes()));
        assert!(Caseless::new("caf\u{c9}").begins("CAFé au".as_bytes()));
        assert!(!Caseless::new("abc").begins("ab".as_bytes()));
        assert!(!Caseless::new("abc").ends("bc".as_bytes()));
    }

    #[test]
    fn quotation_marks_belong_to_the_value() {
        assert!(Text::Prefix("abc\"".into()).accepts(b"\"abc\""));
        assert!(!Text::Prefix("abc\"".into()).accepts(b"\"abcd\""));
        assert!(Text::Suffix("\"abc".into()).accepts(b"\"abc\""));
        assert!(!Text::Suffix("\"abc".into()).accepts(b"\"zabc\""));
        assert!(Text::Prefix("".into()).accepts(b"\"\""));
        assert!(Text::Suffix("".into()).accepts(b"\"\""));
    }
}
