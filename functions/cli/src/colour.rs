//! Colours data classes on a terminal by their tier.
//!
//! Tables and the findings of `scan` mark which of their parts are data classes. The printer adds
//! the colour codes after it has escaped everything else. See <https://no-color.org>.

use std::io::IsTerminal as _;

use piitrail_detect::Tier;

/// Returns true if standard output is a terminal and `NO_COLOR` is not set.
pub(crate) fn is_wanted() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a convention of the environment")]
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !is_refused && std::io::stdout().is_terminal()
}

/// Returns the escape sequence that begins the colour of a tier.
pub(crate) fn begin(tier: Tier) -> &'static str {
    match tier {
        Tier::Restricted => "\x1b[1;31m",
        Tier::Confidential => "\x1b[33m",
        Tier::Internal => "\x1b[34m",
    }
}

/// The escape sequence that ends a colour.
pub(crate) const END: &str = "\x1b[0m";
