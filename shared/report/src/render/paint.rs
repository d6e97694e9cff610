//! Marks the parts of a text that have a colour: the names of data classes, by their tier.
//!
//! The table library breaks lines and fills columns. To keep the colour of a name through this, the
//! name stands between two characters of zero width, and [`pieces`] removes them afterwards. They
//! are Unicode tag characters, which exist to mark parts of a text. In all other cells they are written
//! as escapes.

use piitrail_detect::{DataClass, Tier};

/// A part of a text with one colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// The tier whose colour the text has on a terminal.
    pub tier: Option<Tier>,
}

/// Returns the mark before the name of a class of this tier.
fn begin(tier: Tier) -> char {
    match tier {
        Tier::Restricted => '\u{e0031}',
        Tier::Confidential => '\u{e0032}',
        Tier::Internal => '\u{e0033}',
    }
}

/// The mark after the name of a class.
const END: char = '\u{e007f}';

fn tier_of(mark: char) -> Option<Tier> {
    [Tier::Restricted, Tier::Confidential, Tier::Internal]
        .into_iter()
        .find(|tier| begin(*tier) == mark)
}

fn is_mark(c: char) -> bool {
    c == END || tier_of(c).is_some()
}

/// Returns the name of a class between its marks.
pub(super) fn marked(class: DataClass) -> String {
    format!("{}{}{END}", begin(class.tier()), class.name())
}

/// Removes all characters that would be read as marks.
pub(super) fn unmarked(text: &str) -> String {
    text.replace(is_mark, "")
}

/// Splits a text with marks into pieces.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = Piece {
        text: String::new(),
        tier: None,
    };
    for c in text.chars() {
        let tier = match tier_of(c) {
            Some(tier) => Some(tier),
            // A name that was broken over two lines has no colour on the second.
            None if c == END || c == '\n' => None,
            None => {
                piece.text.push(c);
                continue;
            }
        };
        if tier != piece.tier {
            let done = std::mem::replace(
                &mut piece,
                Piece {
                    text: String::new(),
                    tier,
                },
            );
            pieces.push(done);
        }
        if c == '\n' {
            piece.text.push(c);
        }
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_classes_have_the_colour_of_their_tier() {
        let text = format!(
            "a {}, {}\nb",
            marked(DataClass::CreditCard),
            marked(DataClass::City)
        );
        let piece = |text: &str, tier| Piece {
            text: text.to_owned(),
            tier,
        };
        assert_eq!(
            pieces(&text),
            [
                piece("a ", None),
                piece("CREDIT_CARD", Some(Tier::Restricted)),
                piece(", ", None),
                piece("CITY", Some(Tier::Internal)),
                piece("\nb", None),
            ]
        );
    }

    #[test]
    fn no_text_can_pass_for_a_mark() {
        let text = marked(DataClass::City);
        assert_eq!(unmarked(&text), "CITY");
    }
}
