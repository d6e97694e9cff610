//! Resolves CloudFormation, to which all forms but Terraform are converted: a document becomes a
//! stack, and the values of its resources are resolved with its parameters, mappings and
//! conditions.

mod conditions;
mod intrinsics;
mod loops;
mod nested;
mod parameters;
mod reference;
mod stack;
mod substitute;
#[cfg(test)]
mod tests;

pub(crate) use nested::{beside, literal_target};
pub(crate) use stack::{Source, form_of, raw};
