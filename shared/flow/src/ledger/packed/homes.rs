//! The homes of the parties and channels in the columns: the second part of the format.
//!
//! They stand behind the columns and not inside them, because postcard does not describe itself: a
//! ledger of the format before is one without this part.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::PackError;
use crate::home::{Account, Home, Region};
use crate::ledger::Ledger;

/// A dictionary of homes, and an index into it for each party, channel and place.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Homes {
    /// Each known home, once: the number of the account and the name of the region.
    known: Vec<(Option<u64>, Option<String>)>,
    /// For each edge, in the order of the columns, its producer, its consumer and its channels;
    /// then each place of coverage that is a channel. 0 is an unknown home and 1 the first home of
    /// the dictionary. Trailing zeros are left out.
    indices: Vec<u32>,
}

impl Homes {
    /// Collects the homes of a ledger.
    pub(super) fn of(ledger: &Ledger) -> Self {
        let mut known: Vec<Home> = Vec::new();
        let mut homes = Self::default();
        let edges = ledger.edges.keys().map(|(_, key)| key);
        // The columns name each edge once, in order, whatever its days.
        let distinct: BTreeSet<_> = edges.collect();
        let of_edges = distinct.iter().flat_map(|key| key.flow.homes());
        let of_places = ledger
            .coverage
            .keys()
            .filter_map(|(_, place)| Some(place.as_ref()?.home));
        for home in of_edges.chain(of_places) {
            let index = if home.is_unknown() {
                0
            } else {
                // There are few homes, and the same one often comes several times in a row.
                let place = known.iter().rposition(|one| *one == home);
                1 + place.unwrap_or_else(|| {
                    known.push(home);
                    known.len() - 1
                })
            };
            homes.indices.push(u32::try_from(index).unwrap_or(0));
        }
        while homes.indices.last() == Some(&0) {
            homes.indices.pop();
        }
        homes.known = known
            .iter()
            .map(|home| {
                let region = home.region.map(|region| region.as_str().to_owned());
                (home.account.map(Account::number), region)
            })
            .collect();
        homes
    }

    /// Returns a reader that gives out the homes in the order in which they were collected.
    pub(super) fn reader(&self) -> HomeReader<'_> {
        let known = self.known.iter().map(|(account, region)| Home {
            account: account.and_then(|number| Account::new(&format!("{number:012}"))),
            region: region.as_deref().and_then(Region::new),
        });
        HomeReader {
            known: known.collect(),
            indices: self.indices.iter(),
        }
    }
}

/// The homes that are still to be given out.
pub(super) struct HomeReader<'h> {
    known: Vec<Home>,
    indices: std::slice::Iter<'h, u32>,
}

impl HomeReader<'_> {
    /// Returns the next home.
    pub(super) fn next(&mut self) -> Result<Home, PackError> {
        match self.indices.next() {
            None | Some(0) => Ok(Home::UNKNOWN),
            Some(index) => self
                .known
                .get(*index as usize - 1)
                .copied()
                .ok_or(PackError::damaged("a home beyond its dictionary")),
        }
    }
}
