//! Text parts of which have a colour: the names of data classes, by their tier.
//!
//! A table is laid out by its library, which breaks lines and fills columns. So that the colour of a cell
//! survives this, its name stands between two characters without width, and [`pieces`] takes them out
//! again. They are tag characters of Unicode, which are made for marking a part of a text and which no
//! other cell may contain.

use piitrail_detect::{DataClass, Tier};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// The tier whose colour it has on a terminal.
    pub tier: Option<Tier>,
}

/// What stands before the name of a class, by its tier.
fn begin(tier: Tier) -> char {
    match tier {
        Tier::Restricted => '\u{e0031}',
        Tier::Confidential => '\u{e0032}',
        Tier::Internal => '\u{e0033}',
    }
}

/// What stands behind it.
const END: char = '\u{e007f}';

fn tier_of(mark: char) -> Option<Tier> {
    [Tier::Restricted, Tier::Confidential, Tier::Internal]
        .into_iter()
        .find(|tier| begin(*tier) == mark)
}

fn is_mark(c: char) -> bool {
    c == END || tier_of(c).is_some()
}

/// The name of a class, marked with its tier.
pub(super) fn marked(class: DataClass) -> String {
    format!("{}{}{END}", begin(class.tier()), class.name())
}

/// The same text without anything that would be taken for a mark.
pub(super) fn unmarked(text: &str) -> String {
    text.replace(is_mark, "")
}

/// The pieces of a text with marks.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = Piece {
        text: String::new(),
        tier: None,
    };
    for c in text.chars() {
        let tier = match tier_of(c) {
            Some(tier) => Some(tier),
            // A name that had to be broken has no colour on its second line.
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
