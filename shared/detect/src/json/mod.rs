//! A strict JSON reader (RFC 8259) that borrows from its input and builds nothing.
//!
//! It is written by hand for three reasons. Numbers are read by their digits, whatever their size.
//! The walk bounds nesting, and not the stack. A string is only borrowed, eight bytes at a time, so
//! that an unsearched leaf costs next to nothing.

mod levels;
mod reader;
mod special;
mod unescape;

pub(crate) use reader::Reader;
pub(crate) use unescape::unescape;

/// The byte offset at which a document stops being JSON. It never contains content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) at: usize,
}

/// A string or a key as it is written between its quotes.
#[derive(Clone, Copy)]
pub(crate) struct RawString<'j> {
    pub(crate) raw: &'j str,
    pub(crate) written: Written,
}

/// The notation of a string. It is deliberately as wide as a pointer: a field that is written as a
/// byte and then copied as a word makes the processor wait, at every string of every document.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Written {
    Plain,
    Escaped,
}

impl<'j> RawString<'j> {
    /// Creates a string without escapes.
    pub(crate) const fn plain(raw: &'j str) -> Self {
        Self {
            raw,
            written: Written::Plain,
        }
    }

    pub(crate) fn is_escaped(self) -> bool {
        self.written == Written::Escaped
    }
}

/// A string or a number as it is written.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'j> {
    pub(crate) string: RawString<'j>,
    pub(crate) is_number: bool,
}

impl<'j> Leaf<'j> {
    /// Creates a string without escapes.
    pub(crate) const fn text(text: &'j str) -> Self {
        Self {
            string: RawString::plain(text),
            is_number: false,
        }
    }
}

/// The kind of container that a bracket opens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opens {
    Object,
    Array,
}

/// The reader's result for a value: a whole leaf or literal, or the bracket that opens a container.
#[derive(Clone, Copy)]
pub(crate) enum Value<'j> {
    Leaf(Leaf<'j>),
    /// `true`, `false` or `null`.
    Literal,
    Opens(Opens),
}

impl Value<'_> {
    /// Returns the bracket if the value opens a container.
    #[inline]
    pub(crate) const fn opens(self) -> Option<Opens> {
        match self {
            Self::Opens(opens) => Some(opens),
            Self::Leaf(_) | Self::Literal => None,
        }
    }
}
