//! Opens the claims of a JSON web token: plain JSON in base64, which anyone with the token can read
//! (RFC 7519).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::limits::Limit;
use crate::path::{Node, Opener, Step};
use crate::walk::{Field, Walk};

/// The deepest nesting of claims.
const MOST_LEVELS: usize = 16;

impl Walk<'_> {
    /// Searches the claims of `token`, which stands in the string at `node`.
    #[cold]
    pub(super) fn open_claims(&mut self, token: &str, node: &Node<'_>) {
        let Some(claims) = token.split('.').nth(1) else {
            return;
        };
        if !self.may_open() || !self.afford(claims.len() / 4 * 3) {
            return;
        }
        let decoded = URL_SAFE_NO_PAD.decode(claims).ok();
        let Some(text) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return;
        };
        let child = node.child(Step::Opened(Opener::Jwt));
        let depth = Limit::Depth.bound() - MOST_LEVELS;
        let mark = self.mark();
        self.opened += 1;
        let is_json = self
            .document(&text, &child, Field::default(), depth)
            .is_ok();
        self.opened -= 1;
        if !is_json {
            self.back_to(mark);
        }
    }
}
