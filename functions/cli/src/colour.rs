//! Colour on a terminal: data classes by how sensitive they are.
//!
//! A table and the findings of `scan` say which of their parts are data classes. The printer adds the
//! codes after it has made everything else harmless.
//! <https://no-color.org>

use std::io::IsTerminal as _;

use piitrail_detect::Tier;

/// Whether standard output is a terminal and `NO_COLOR` is not set.
pub(crate) fn is_wanted() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a convention of the environment")]
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !is_refused && std::io::stdout().is_terminal()
}

/// What begins the colour of a tier.
pub(crate) fn begin(tier: Tier) -> &'static str {
    match tier {
        Tier::Restricted => "\x1b[1;31m",
        Tier::Confidential => "\x1b[33m",
        Tier::Internal => "\x1b[34m",
    }
}

/// What ends a colour.
pub(crate) const END: &str = "\x1b[0m";
