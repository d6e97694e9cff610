//! Opens hexadecimal digits: the bytes of a database's column (`\\x7b22…`), or a document in this
//! form.

use crate::path::{Node, Opener, Step};
use crate::walk::decode::open_bytes::is_opened_from;
use crate::walk::decode::open_url::hex;
use crate::walk::{Field, Walk};

/// The shortest text in characters. A shorter one is a hash or an id.
const SHORTEST: usize = 16;

/// Returns the digits, if the text is marked as bytes (`PostgreSQL`'s `bytea`, SQL Server's `0x`)
/// or starts like a document in JSON.
pub(super) fn digits_of(text: &str) -> Option<&str> {
    const STARTS: [&str; 4] = ["7b22", "7B22", "5b7b", "5B7B"];
    let marked = text.strip_prefix("\\x").or_else(|| text.strip_prefix("0x"));
    let digits = marked.or_else(|| {
        let is_document = STARTS.iter().any(|start| text.starts_with(start));
        is_document.then_some(text)
    })?;
    let is_hex = digits.len() >= SHORTEST
        && digits.len().is_multiple_of(2)
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(digits)
}

impl Walk<'_> {
    /// Searches the bytes of hexadecimal `digits`.
    #[cold]
    pub(super) fn open_hex(
        &mut self,
        digits: &str,
        field: &Field,
        node: &Node<'_>,
        depth: usize,
    ) -> bool {
        const PROBE: usize = 8;
        let (pairs, _) = digits.as_bytes().as_chunks::<2>();
        let mut bytes = pairs.iter().map(|[high, low]| hex(*high) << 4 | hex(*low));
        let mut decoded: Vec<u8> = bytes.by_ref().take(PROBE).collect();
        if !is_opened_from(&decoded) || !self.may_open() || !self.afford(pairs.len()) {
            return false;
        }
        decoded.extend(bytes);
        let inside = node.child(Step::Opened(Opener::Hex));
        self.opened += 1;
        let is_opened = self.open_bytes(decoded, field, &inside, depth);
        self.opened -= 1;
        is_opened
    }
}
