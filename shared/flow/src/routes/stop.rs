//! A channel on the way of a delivery.

use crate::channel::ChannelKind;
use crate::home::Home;

/// A channel on the way of a delivery, by its raw name, because two masked names may be equal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop<'a> {
    pub(super) kind: ChannelKind,
    /// `None` for a bus whose name is not known.
    pub(super) name: Option<&'a str>,
    pub(super) home: Home,
}

impl Stop<'_> {
    /// Returns true if both may be the same channel.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name && self.home.fits(&other.home)
    }
}
