//! Hides the messages of panics.
//!
//! The message of a panic can contain the value that caused it (slicing a string prints the
//! string). Nothing here is meant to panic, but if something does, only the place of the panic may
//! be printed.

use std::io::Write as _;
use std::panic;

/// Makes panics print the place they happened instead of their message, for the whole process.
pub fn hide_messages() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let _ = writeln!(
            std::io::stderr(),
            "{{\"level\":\"ERROR\",\"message\":\"a defect of piitrail stopped one record; please report it\",\"place\":\"{place}\"}}"
        );
    }));
}
