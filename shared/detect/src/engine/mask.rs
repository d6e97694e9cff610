//! Finds personal data in names and hides it: object keys, event sources, queue names.
//!
//! A name is short and has no field around it, so only values that prove themselves count.

use std::borrow::Cow;

use crate::class::DataClass;
use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::Hit;
use crate::engine::Engine;
use crate::name;

impl Engine {
    /// The name in a form that may be stored and shown: personal data becomes `{EMAIL_ADDRESS}`;
    /// ids, dates and hashes become `*`. Ordinary names (`com.shop.orders`, `order-events-2`) stay
    /// as they are. For event sources, detail types and queue names.
    pub fn mask_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.mask(name).map_or(Cow::Borrowed(name), Cow::Owned)
    }

    /// Masking can separate values that stood too close to be told apart (`a@b.dev*c@d.dev`), so it
    /// is repeated. A name that still changes after the last repeat is hidden whole.
    pub(crate) fn mask(&self, name: &str) -> Option<String> {
        const MOST_REPEATS: usize = 4;
        let mut masked = self.mask_once(name)?;
        for _ in 0..MOST_REPEATS {
            let Some(again) = self.mask_once(&masked) else {
                return Some(masked);
            };
            masked = again;
        }
        Some("*".to_owned())
    }

    fn mask_once(&self, name: &str) -> Option<String> {
        // If hits overlap, everything that they cover is hidden, under the class of the surest: the
        // characters beyond the surest hit are part of a value too.
        let mut hits: Vec<(usize, DetectorId, Hit)> = self
            .hits_in(name)
            .into_iter()
            .enumerate()
            .map(|(rank, (id, hit))| (rank, id, hit))
            .collect();
        hits.sort_by_key(|(_, _, hit)| hit.start);
        let mut hidden: Vec<(usize, DetectorId, usize, usize)> = Vec::new();
        for (rank, id, hit) in hits {
            match hidden.last_mut() {
                Some((best, best_id, _, end)) if hit.start < *end => {
                    *end = hit.end.max(*end);
                    if rank < *best {
                        (*best, *best_id) = (rank, id);
                    }
                }
                _ => hidden.push((rank, id, hit.start, hit.end)),
            }
        }
        let personal = hidden
            .into_iter()
            .map(|(_, id, start, end)| (start, end, self.class(id)));
        name::mask(name, personal)
    }

    /// The values that prove themselves in a name, in order and without overlaps.
    pub(crate) fn personal_in(&self, name: &str) -> Vec<(DataClass, Hit, u8)> {
        let mut kept: Vec<(DetectorId, Hit)> = Vec::new();
        for (id, hit) in self.hits_in(name) {
            if kept
                .iter()
                .all(|(_, other)| hit.end <= other.start || other.end <= hit.start)
            {
                kept.push((id, hit));
            }
        }
        kept.sort_by_key(|(_, hit)| hit.start);
        kept.into_iter()
            .map(|(id, hit)| (self.class(id), hit, hit.confidence_bare))
            .collect()
    }

    /// Every value that proves itself in a name: the surest first, then the longest, then the
    /// earliest of the registry.
    fn hits_in(&self, name: &str) -> Vec<(DetectorId, Hit)> {
        let mut hits = Vec::new();
        let mut found = |id, hit: Hit| {
            if hit.confidence_bare >= self.threshold {
                hits.push((id, hit));
            }
        };
        let named = DetectorSet::EMPTY;
        self.dispatch.scan(name, &named, &mut found);
        if let Some(own) = &self.own {
            // `scan` returns whether there are more matches than it searches; those are not masked,
            // just as they are not reported in a leaf.
            own.scan(name, &mut found);
        }
        hits.sort_by_key(|(id, hit)| {
            (
                std::cmp::Reverse((hit.confidence_bare, hit.end - hit.start)),
                *id,
            )
        });
        hits
    }
}
