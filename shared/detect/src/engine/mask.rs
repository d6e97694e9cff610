//! Finds personal data in names and masks it: object keys, event sources, queue names.
//!
//! A name is short and has no field around it, so only values that prove themselves count.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::class::DataClass;
use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::Hit;
use crate::engine::Engine;
use crate::name;

/// The part of a name that is searched, and the part of it that is shown.
#[derive(Clone, Copy)]
struct Window<'n> {
    searched: &'n str,
    /// The length of the shown part in bytes. The part beyond it is longer than any value that
    /// could be cut.
    shown: usize,
}

impl<'n> Window<'n> {
    /// The length of the searched part in bytes.
    const SEARCHED: usize = 1024;
    const SHOWN: usize = 512;

    fn of(name: &'n str) -> Self {
        if name.len() <= Self::SEARCHED {
            return Self::whole(name);
        }
        Self {
            searched: &name[..name.floor_char_boundary(Self::SEARCHED)],
            shown: name.floor_char_boundary(Self::SHOWN),
        }
    }

    const fn whole(name: &'n str) -> Self {
        Self {
            searched: name,
            shown: name.len(),
        }
    }

    const fn is_cut(self) -> bool {
        self.shown < self.searched.len()
    }

    fn shown(self) -> &'n str {
        &self.searched[..self.shown]
    }
}

impl Engine {
    /// Returns the name in a form that may be stored and shown. Personal data becomes
    /// `{EMAIL_ADDRESS}`. Ids, dates and hashes become `*`. Ordinary names (`com.shop.orders`,
    /// `order-events-2`) stay as they are. Use it for event sources, detail types and queue names.
    pub fn mask_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.mask(name).map_or(Cow::Borrowed(name), Cow::Owned)
    }

    /// Masks a name, or returns `None` if it needs no mask. Only the start of a name longer than
    /// [`Window::SEARCHED`] is masked and shown. A path shows less of it anyway, and so the cost of
    /// a name is bounded.
    ///
    /// Masking can separate values that were too close to be told apart (`a@b.dev*c@d.dev`), so it
    /// is repeated. A name that still changes after the last repeat is hidden whole.
    pub(crate) fn mask(&self, name: &str) -> Option<String> {
        const MOST_REPEATS: usize = 4;
        let window = Window::of(name);
        let mut masked = match (self.mask_once(window), window.is_cut()) {
            (Some(masked), _) => masked,
            (None, false) => return None,
            (None, true) => window.shown().to_owned(),
        };
        if window.is_cut() {
            masked.push('…');
        }
        for _ in 0..MOST_REPEATS {
            let Some(again) = self.mask_once(Window::whole(&masked)) else {
                return Some(masked);
            };
            masked = again;
        }
        Some("*".to_owned())
    }

    fn mask_once(&self, window: Window<'_>) -> Option<String> {
        // If hits overlap, everything that they cover is hidden, under the class of the surest. The
        // characters beyond the surest hit are part of a value too.
        let mut hits: Vec<(usize, DetectorId, Hit)> = self
            .hits_in(window.searched)
            .into_iter()
            .filter(|(_, hit)| hit.start < window.shown)
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
        // A value that starts in the shown part is hidden to its end.
        name::mask(window.searched, window.shown, personal)
    }

    /// Returns the values that prove themselves in a name, in order and without overlaps.
    pub(crate) fn personal_in(&self, name: &str) -> Vec<(DataClass, Hit, u8)> {
        let mut kept: BTreeMap<usize, (DetectorId, Hit)> = BTreeMap::new();
        for (id, hit) in self.hits_in(name) {
            // The kept hits do not overlap, so only the last one that starts before this one's end
            // can overlap it.
            let before = kept.range(..hit.end.max(hit.start + 1)).next_back();
            if before.is_none_or(|(_, (_, other))| other.end <= hit.start) {
                kept.insert(hit.start, (id, hit));
            }
        }
        kept.into_values()
            .map(|(id, hit)| (self.class(id), hit, hit.confidence_bare))
            .collect()
    }

    /// Returns every value that proves itself in a name: the surest first, then the longest, then
    /// the earliest of the registry.
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
            // `scan` returns true if there are more matches than it searches. Those are not masked,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_where_a_long_name_is_cut_is_hidden_whole() {
        let engine = Engine::new();
        for before in (Window::SHOWN - 20)..(Window::SHOWN + 5) {
            let name = format!(
                "{} jane.doe@shop.dev{}",
                "x".repeat(before),
                " y".repeat(600)
            );
            let masked = engine.mask_name(&name).into_owned();
            assert!(
                !masked.contains("jane") && !masked.contains("shop"),
                "{before}"
            );
            assert!(masked.ends_with('…') && masked.len() < 2 * Window::SHOWN);
        }
    }

    #[test]
    fn a_long_name_keeps_its_start() {
        let engine = Engine::new();
        let masked = engine
            .mask_name(&format!("{}jane@shop.dev", "order ".repeat(300)))
            .into_owned();
        assert!(masked.starts_with("order order") && masked.ends_with('…'));
    }

    #[test]
    fn every_address_of_a_key_is_found_and_none_is_shown() {
        let document = format!(
            r#"{{"{}":{{"x":"jane@shop.dev"}}}}"#,
            "a@b.co ".repeat(9_000)
        );
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        assert_eq!(scan.findings.len(), 9_001);
        assert!(
            scan.findings
                .iter()
                .all(|finding| !finding.path.as_str().contains('@'))
        );
    }
}
