//! Wrappers between a field's name and its value: `{"email": {"old": …}}`, `{"dob": {"$date": …}}`.
//!
//! A value in a wrapper is judged by the name around it, and waits for that field's siblings.

use super::names::Shown;
use super::{Field, Here, Source, Walk};
use crate::field_name::{Bounds, FieldName, Roles, Signals, Slot};
use crate::json::{Malformed, Opens, RawString, Value};
use crate::path::Node;

impl Walk<'_> {
    /// Searches a value that is wrapped under the field of `outer`.
    #[inline(never)]
    pub(super) fn wrapped(
        &mut self,
        value: Value<'_>,
        source: &mut Source<'_>,
        (node, key, shown): (&Node<'_>, RawString<'_>, Shown),
        field: &Field,
        outer: &mut Here<'_>,
        depth: usize,
    ) -> Result<(), Malformed> {
        let tail = outer.wrapped(key, shown);
        let mut here = tail.as_ref().map(|tail| outer.at(tail));
        self.search_value(value, None, source, (node, field), &mut here, depth)
    }

    /// Returns true if a key with this name holds the value of the field around it.
    pub(super) fn wraps(
        &self,
        name: &FieldName,
        field: &Field,
        above: Roles,
        opens: Option<Opens>,
    ) -> bool {
        match name.slot {
            Slot::Value => {
                let own = Field { name: *name, above };
                !name.has_meaning() || field.name.has_meaning() && !self.speaks(&own, Signals::NONE)
            }
            // A code itself is not a person's data.
            Slot::Coding if opens.is_none() => false,
            // `"phone_numbers": [{"data": …}]`
            Slot::Rows if opens.is_some() => false,
            Slot::Wrapper | Slot::Coding | Slot::Rows => self.speaks(field, Signals::ANY),
            _ => false,
        }
    }

    /// Returns true if the name of a field announces its value, and not only its owner, either by
    /// itself or together with siblings that give one of these signals.
    #[cold]
    fn speaks(&self, field: &Field, siblings: Signals) -> bool {
        field.name.meanings().any(|meaning| {
            let (_, names) = self.engine.lexicon().names(meaning);
            let is_satisfied =
                meaning.is_satisfied || names.roles.has(field.above) || names.beside.has(siblings);
            is_satisfied && !meaning.is_doubtful && !names.bounds.has(Bounds::UNQUALIFIED)
        })
    }
}
