//! What a field's name says about its value, in ten languages and the commonest words of seven more.
//!
//! A name is cut into words (`billingAddressLine1` → billing, address, line, 1; `keystorepassword`
//! → keystore, password), and the words are matched, joined, against the phrases that the
//! detectors declare. Words around a phrase decide what it is worth: `email_template` is no
//! address (`template` names another thing), `customer_name` is a person and `product_name` is
//! not, and a bare `name` depends on the parents and the siblings, which the walk knows.
//!
//! A name is analysed once and remembered by the walk; nothing here runs per leaf.

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
