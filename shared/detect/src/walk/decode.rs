//! Strings that hold documents: JSON in a string, base64, gzip inside it, URLs and forms.
//!
//! Each opener looks at a few bytes before it does any work, and is bounded in depth and in the
//! bytes it may make: a gzip bomb costs what the bound allows and is counted.

use super::{Field, Walk};
use crate::limits::Limit;
use crate::path::Node;
use crate::shape::{self, Shape};

impl Walk<'_> {
    /// Searches what the string at `node` holds, if it holds a document. True when nothing of the
    /// string itself is left to search.
    #[inline]
    pub(super) fn open(
        &mut self,
        text: &str,
        shape: Shape,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        let is_json = shape.has(shape::OTHER) && looks_like_json(text);
        if !is_json {
            return false;
        }
        if self.opened >= Limit::DecodeDepth.bound() {
            self.limits.reached(Limit::DecodeDepth);
            return false;
        }
        self.opened_json(text, node, field, depth)
    }
}

fn looks_like_json(text: &str) -> bool {
    let bytes = text.trim_ascii().as_bytes();
    matches!(
        (bytes.first(), bytes.last()),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))
    )
}
