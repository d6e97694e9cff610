//! The path of a finding: an RFC 9535 singular path that cannot carry a value.
//!
//! During the walk a path is a chain of nodes on the stack that borrow from the document. It is
//! only rendered for a finding. A [`Path`] is made nowhere else. Its keys are masked like names:
//! personal data shows as `{EMAIL_ADDRESS}`, ids and dates as `*`.

use std::cell::OnceCell;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use crate::json::{self, RawString};
use crate::limits::{Limit, LimitsReached};

/// A rendered path: `$.detail.customer.email`, `$.items[0]['line-1']`,
/// `$.Records[0].body(json).detail.note`, `$.contacts.{EMAIL_ADDRESS}.name`.
///
/// Only the walk can make one, so that it holds no value of a payload.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Arc<str>);

impl Path {
    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path with every index as `[*]`, so that the items of an array share one path.
    #[must_use]
    pub fn folded(&self) -> Self {
        let mut folded = String::with_capacity(self.0.len());
        let mut rest = &*self.0;
        while let Some(open) = rest.find('[') {
            folded.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
            let end = if rest.starts_with('\'') {
                quoted_end(rest)
            } else {
                folded.push('*');
                rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '*');
                0
            };
            folded.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        folded.push_str(rest);
        if folded == *self.0 {
            return self.clone();
        }
        Self(folded.into())
    }
}

/// Returns the offset just past the closing quote of the quoted name at the start of `text`.
fn quoted_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'\'' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl AsRef<str> for Path {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for Path {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The decoder that opened a string with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opener {
    Json,
    Base64,
    Gzip,
    Deflate,
    Zlib,
    Hex,
    /// An array of numbers, which are bytes.
    Bytes,
    /// The claims of a JSON web token.
    Jwt,
    /// An aggregate of the Kinesis Producer Library.
    Kpl,
    Url,
}

impl Opener {
    const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Base64 => "base64",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zlib => "zlib",
            Self::Hex => "hex",
            Self::Bytes => "bytes",
            Self::Jwt => "jwt",
            Self::Kpl => "kpl",
            Self::Url => "url",
        }
    }
}

/// One step of a path.
#[derive(Clone, Copy)]
pub(crate) enum Step<'p> {
    Root,
    /// A key that is shown as it is.
    Key(RawString<'p>),
    /// A key that [`is_short`].
    ShortKey(&'p str),
    /// A key that is an id or holds personal data, and a cell for its masked form, so that it is
    /// masked once for all findings under it.
    MaskedKey(RawString<'p>, Option<&'p OnceCell<String>>),
    /// A key that is a person's name.
    PersonKey(RawString<'p>),
    Index(usize),
    Opened(Opener),
}

/// A path during the walk: a chain of steps on the stack.
#[derive(Clone, Copy)]
pub(crate) struct Node<'p> {
    pub(crate) parent: Option<&'p Node<'p>>,
    pub(crate) step: Step<'p>,
}

impl<'p> Node<'p> {
    pub(crate) const ROOT: Node<'static> = Node {
        parent: None,
        step: Step::Root,
    };

    pub(crate) fn child(&'p self, step: Step<'p>) -> Node<'p> {
        Node {
            parent: Some(self),
            step,
        }
    }

    /// Renders the chain through `buffer`. `mask` returns a key without its personal data and ids.
    pub(crate) fn render(
        &self,
        buffer: &mut String,
        mask: &dyn Fn(&str) -> String,
        limits: &mut LimitsReached,
    ) -> Path {
        buffer.clear();
        self.write(buffer, mask, limits);
        if buffer.len() > Limit::PathLength.bound() {
            limits.reached(Limit::PathLength);
            let end = (0..=Limit::PathLength.bound()).rfind(|&at| buffer.is_char_boundary(at));
            buffer.truncate(end.unwrap_or_default());
            buffer.push('…');
        }
        Path(Arc::from(&**buffer))
    }

    /// The recursion is as deep as the walk's own.
    fn write(&self, text: &mut String, mask: &dyn Fn(&str) -> String, limits: &mut LimitsReached) {
        if let Some(parent) = self.parent {
            parent.write(text, mask, limits);
        }
        match self.step {
            Step::Root => text.push('$'),
            Step::ShortKey(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Key(key) if !key.is_escaped() => push_key(text, key.raw, limits),
            Step::Key(key) => push_escaped(text, key, limits),
            Step::MaskedKey(key, kept) => {
                let masked = || mask(&unescaped(key));
                match kept {
                    Some(kept) => push_masked(text, kept.get_or_init(masked), limits),
                    None => push_masked(text, &masked(), limits),
                }
            }
            Step::PersonKey(_) => push_masked(text, "{PERSON_NAME}", limits),
            Step::Index(index) => {
                let _ = write!(text, "[{index}]");
            }
            Step::Opened(opener) => {
                text.push('(');
                text.push_str(opener.name());
                text.push(')');
            }
        }
    }
}

/// Returns the unescaped name of a key.
pub(crate) fn unescaped(key: RawString<'_>) -> String {
    let mut name = String::with_capacity(key.raw.len());
    if key.is_escaped() {
        json::unescape(key.raw, &mut name);
    } else {
        name.push_str(key.raw);
    }
    name
}

#[cold]
fn push_escaped(text: &mut String, key: RawString<'_>, limits: &mut LimitsReached) {
    push_key(text, &unescaped_start(key), limits);
}

/// Returns the part of a key's unescaped name that a path shows, and one character more.
fn unescaped_start(key: RawString<'_>) -> String {
    // One character takes at most two escapes of six bytes.
    const LONGEST_CHARACTER: usize = 12;
    let most = (Limit::KeyLength.bound() + 1) * LONGEST_CHARACTER;
    let bytes = key.raw.as_bytes();
    let mut end = 0;
    while end < bytes.len() && end < most {
        end += match bytes[end..] {
            [b'\\', b'u', ..] => 6,
            [b'\\', ..] => 2,
            _ => 1,
        };
    }
    let end = key.raw.ceil_char_boundary(end.min(bytes.len()));
    unescaped(RawString {
        raw: &key.raw[..end],
        ..key
    })
}

/// Writes a masked key without quotes if all of it is masked: `.*`, `.{EMAIL_ADDRESS}`.
#[inline(never)]
fn push_masked(text: &mut String, masked: &str, limits: &mut LimitsReached) {
    let is_one_class = masked.starts_with('{') && masked.find('}') == Some(masked.len() - 1);
    if masked == "*" || is_one_class {
        text.push('.');
        text.push_str(masked);
    } else {
        push_key(text, masked, limits);
    }
}

/// Writes a key as in RFC 9535, section 2.5.1: in shorthand if the name allows it, else as a quoted
/// name (2.3.1).
fn push_key(text: &mut String, name: &str, limits: &mut LimitsReached) {
    let bound = Limit::KeyLength.bound();
    let mut shown = name;
    // Only a name with more bytes than the bound can have more characters.
    if name.len() > bound
        && let Some((end, _)) = name.char_indices().nth(bound)
    {
        limits.reached(Limit::KeyLength);
        shown = &name[..end];
    }
    let is_cut = shown.len() < name.len();
    if !is_cut && is_shorthand(name) {
        text.push('.');
        text.push_str(name);
        return;
    }
    text.push_str("['");
    for character in shown.chars() {
        match character {
            '\'' => text.push_str("\\'"),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    if is_cut {
        text.push('…');
    }
    text.push_str("']");
}

/// Returns true if a name is shown whole and without quotes.
pub(crate) fn is_short(name: &str) -> bool {
    name.len() <= Limit::KeyLength.bound() && is_shorthand(name)
}

fn is_shorthand(name: &str) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let bytes = name.as_bytes();
    !bytes.is_empty() && !bytes[0].is_ascii_digit() && bytes.iter().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(node: &Node<'_>) -> Path {
        let mask = |key: &str| format!("<{}>", key.len());
        node.render(&mut String::new(), &mask, &mut LimitsReached::default())
    }

    fn key(raw: &str) -> RawString<'_> {
        let written = if raw.contains('\\') {
            json::Written::Escaped
        } else {
            json::Written::Plain
        };
        RawString { raw, written }
    }

    #[test]
    fn names_are_short_where_rfc_9535_allows_it() {
        let items = Node::ROOT.child(Step::Key(key("items")));
        let first = items.child(Step::Index(0));
        assert_eq!(
            render(&first.child(Step::Key(key("line-1")))).as_str(),
            "$.items[0]['line-1']"
        );
        assert_eq!(
            render(&first.child(Step::Key(key("straße")))).as_str(),
            "$.items[0].straße"
        );
        assert_eq!(
            render(&first.child(Step::Key(key("1st")))).as_str(),
            "$.items[0]['1st']"
        );
        assert_eq!(
            render(&first.child(Step::Key(key("")))).as_str(),
            "$.items[0]['']"
        );
        assert_eq!(
            render(&first.child(Step::Key(key("it's")))).as_str(),
            "$.items[0]['it\\'s']"
        );
    }

    #[test]
    fn indices_fold_and_names_that_look_like_indices_do_not() {
        let list = Node::ROOT.child(Step::Key(key("a[3]'")));
        let folded = render(&list.child(Step::Index(12))).folded();
        assert_eq!(folded.as_str(), "$['a[3]\\''][*]");
        assert_eq!(folded.folded(), folded);
    }

    #[test]
    fn a_document_in_a_string_is_entered_by_what_opened_it() {
        let body = Node::ROOT.child(Step::Key(key("body")));
        let bytes = body.child(Step::Opened(Opener::Base64));
        let text = bytes.child(Step::Opened(Opener::Json));
        assert_eq!(
            render(&text.child(Step::Key(key("note")))).as_str(),
            "$.body(base64)(json).note"
        );
    }

    #[test]
    fn a_masked_key_never_shows_its_text() {
        let node = Node::ROOT.child(Step::MaskedKey(key("jane@x.com"), None));
        assert_eq!(render(&node).as_str(), "$['<10>']");
    }

    #[test]
    fn long_keys_and_long_paths_are_cut_and_counted() {
        let long = "k".repeat(500);
        let mut limits = LimitsReached::default();
        let mask = |key: &str| key.to_owned();
        let node = Node::ROOT.child(Step::Key(key(&long)));
        let path = node.render(&mut String::new(), &mask, &mut limits);
        assert!(path.as_str().len() < 80 && path.as_str().ends_with("…']"));
        assert_eq!(limits.get(Limit::KeyLength), 1);
    }
}
