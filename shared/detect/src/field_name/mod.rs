//! Finds the meaning of a field's name, in ten languages and the commonest words of seven more.
//!
//! A name is split into words (`billingAddressLine1` → billing, address, line, 1;
//! `keystorepassword` → keystore, password), and the words are matched, joined, against the phrases
//! that the detectors declare. Words around a phrase can change its meaning: `email_template` is
//! not an address (`template` names another thing), `customer_name` is a person's name and
//! `product_name` is not. A bare `name` depends on the parents and the siblings, which the walk
//! knows.
//!
//! A name is analysed once and cached by the walk. Nothing here runs for each leaf.

mod hashing;
mod lexicon;
mod meaning;
mod names;
mod prose;
mod read;
mod roles;
mod special;
mod split;
mod words;

pub(crate) use lexicon::Lexicon;
#[cfg(test)]
pub(crate) use meaning::MEANINGS;
pub(crate) use meaning::{FieldName, Meaning, Numbers, Slot};
pub(crate) use names::{Bounds, Declaration, Names};
pub(crate) use prose::Keyword;
pub(crate) use roles::{Roles, Signals};
pub(crate) use split::unaccented;

#[cfg(test)]
mod tests;
