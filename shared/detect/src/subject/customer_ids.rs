//! The fields that hold a customer's id.

use std::borrow::Cow;

use crate::path::{Node, Step, unescaped};

/// The fields that hold customer ids, by name (`customerId`) or by the end of a path
/// (`customer.id`). Case and separators between words make no difference: `customer_id` is
/// `customerId`.
///
/// Only these fields make customer subjects. Fields that are called ids in general (`userId`,
/// `employeeNumber`) have different number ranges, and 42 in one is not 42 in another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerIdNames(Vec<Vec<String>>);

impl<S: AsRef<str>> FromIterator<S> for CustomerIdNames {
    /// Collects names and path ends as they are configured. Empty ones are left out.
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

/// Returns the letters and digits of a name in lower case, the form in which names are compared.
fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

impl CustomerIdNames {
    /// Returns true if the leaf at `node` is one of these fields. Indices, opened strings and
    /// DynamoDB's type wrappers (`{"S": …}`) do not count as names.
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
