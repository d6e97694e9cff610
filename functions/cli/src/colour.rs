//! Colour on a terminal: data classes by how sensitive they are.
//!
//! Renderers know nothing of colour; what they made is coloured here, class name by class name.
//! <https://no-color.org>

use std::io::IsTerminal as _;

use piitrail_detect::{DataClass, Tier};

/// Whether standard output is a terminal and `NO_COLOR` is not set.
pub(crate) fn is_wanted() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a convention of the environment")]
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !is_refused && std::io::stdout().is_terminal()
}

/// The text with the names of data classes in the colour of their tier.
pub(crate) fn classes(text: &str) -> String {
    let mut coloured = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_uppercase()) {
        let (before, from) = rest.split_at(start);
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let end = from.find(|c: char| !is_name(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        coloured.push_str(before);
        match word.parse::<DataClass>() {
            Ok(class) => {
                coloured.push_str(code(class.tier()));
                coloured.push_str(word);
                coloured.push_str("\x1b[0m");
            }
            Err(_) => coloured.push_str(word),
        }
        rest = after;
    }
    coloured.push_str(rest);
    coloured
}

fn code(tier: Tier) -> &'static str {
    match tier {
        Tier::Restricted => "\x1b[1;31m",
        Tier::Confidential => "\x1b[33m",
        Tier::Internal => "\x1b[34m",
    }
}

#[cfg(test)]
mod tests {
    use super::classes;

    #[test]
    fn class_names_are_coloured_and_nothing_else_is() {
        assert_eq!(
            classes("EVENTS 3 CREDIT_CARD {EMAIL_ADDRESS} CITYX"),
            "EVENTS 3 \x1b[1;31mCREDIT_CARD\x1b[0m {\x1b[33mEMAIL_ADDRESS\x1b[0m} CITYX"
        );
    }
}
