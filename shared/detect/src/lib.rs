//! Finds personal data in JSON and text.
