//! Which fields hold a customer's id.

use std::borrow::Cow;

use crate::path::{Node, Step, unescaped};

/// The fields that hold customer ids, by name (`customerId`) or by the end of a path
/// (`customer.id`). Case and what stands between words make no difference: `customer_id` is
/// `customerId`.
///
/// Only these fields make customer subjects. What is called an id in general (`userId`,
/// `employeeNumber`) comes out of many counters, and 42 in one is not 42 in another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerIdNames(Vec<Vec<String>>);

impl<S: AsRef<str>> FromIterator<S> for CustomerIdNames {
    /// Names and path ends as they are configured; empty ones are left out.
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let read = |name: S| -> Vec<String> {
            name.as_ref()
                .split('.')
                .map(|step| folded(step).collect::<String>())
                .filter(|step| !step.is_empty())
                .rev()
                .collect()
        };
        Self(
            names
                .into_iter()
                .map(read)
                .filter(|steps| !steps.is_empty())
                .collect(),
        )
    }
}

/// A name as it is compared: its letters and digits, small.
fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

impl CustomerIdNames {
    /// Whether the leaf at `node` is one of them. Indices, opened strings and DynamoDB's type
    /// wrappers (`{"S": …}`) are no names.
    pub(super) fn hold(&self, node: &Node<'_>) -> bool {
        self.0.iter().any(|steps| {
            let mut steps = steps.iter();
            let mut wanted = steps.next();
            let mut here = Some(node);
            let mut is_leaf = true;
            while let (Some(step), Some(node)) = (wanted, here) {
                let key = match node.step {
                    Step::ShortKey(key) => Some(Cow::Borrowed(key)),
                    Step::Key(key) | Step::MaskedKey(key, _) | Step::PersonKey(key)
                        if key.is_escaped() =>
                    {
                        Some(Cow::Owned(unescaped(key)))
                    }
                    Step::Key(key) | Step::MaskedKey(key, _) | Step::PersonKey(key) => {
                        Some(Cow::Borrowed(key.raw))
                    }
                    Step::Root | Step::Index(_) | Step::Opened(_) => None,
                };
                if let Some(key) = key {
                    let is_wrapper = is_leaf && matches!(&*key, "S" | "N");
                    if !is_wrapper {
                        if !folded(&key).eq(step.chars()) {
                            return false;
                        }
                        wanted = steps.next();
                    }
                    is_leaf = false;
                }
                here = node.parent;
            }
            wanted.is_none()
        })
    }
}
