//! Asks the detectors that a field's name enables if the whole leaf fits them.

use super::report::{characters, in_ascii};
use super::{Candidate, Triage};
use crate::config::{self, OwnPattern};
use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::{Hit, Value};
use crate::field_name::{Bounds, Roles, Signals};
use crate::shape;
use crate::walk::{Field, Here, Walk};

/// A check of a detector: returns a hit if a whole leaf fits a field of its name.
type FitsField = fn(&Value<'_>) -> Option<Hit>;

/// The confidence that a match loses when an unknown word follows the phrase (`city_xyz`).
const DOUBT_PENALTY: u8 = 35;

impl Walk<'_> {
    /// Asks the detectors that the field's name enables. Returns those that search the text
    /// themselves.
    ///
    /// It is not inlined, like everything that only a few leaves reach. So the code that most
    /// leaves run stays small enough for the processor's instruction cache.
    #[inline(never)]
    pub(super) fn ask_field(
        &mut self,
        text: &str,
        triage: Triage,
        field: &Field,
        here: &mut Option<Here<'_>>,
    ) -> DetectorSet {
        let Triage {
            shape, is_number, ..
        } = triage;
        let mut searching = DetectorSet::EMPTY;
        if field.above.has(Roles::TEXTS) {
            return searching;
        }
        let (trimmed, lead) = trim(text);
        for meaning in field.name.meanings() {
            let (id, names) = self.engine.lexicon().names(meaning);
            let is_satisfied = meaning.is_satisfied || names.roles.has(field.above);
            let (searches, field_fits) = match self.engine.detector(id) {
                Some(detector) => (self.engine.may_find(id, shape), detector.field),
                None => self.own_asks(id),
            };
            if is_satisfied && !meaning.is_doubtful && searches {
                searching.insert(id);
            }
            if is_satisfied {
                searching.insert_all(self.engine.also(meaning));
            }
            let Some(fits) = field_fits else {
                continue;
            };
            if !is_satisfied && (names.beside.is_none() || here.is_none()) {
                continue;
            }
            // A role does not have a person's login, and the name beside a brand's address is the
            // brand's.
            let is_of_another = names.bounds.has(Bounds::OF_PERSONS)
                && field.above.has(Roles::NO_PERSON)
                || !is_satisfied
                    && names.beside.has(Signals::PERSON)
                    && field.above.has(Roles::ORGANIZATION.or(Roles::NO_PERSON));
            if is_of_another {
                continue;
            }
            let value = Value {
                text: trimmed,
                shape,
                is_number,
                tag: names.tag,
                roles: field.above.or(field.name.roles),
            };
            let Some(hit) = fits(&value) else {
                continue;
            };
            if self.engine.is_to_come(id, trimmed) {
                continue;
            }
            let doubt = if meaning.is_doubtful {
                DOUBT_PENALTY
            } else {
                0
            };
            let candidate = Candidate {
                id,
                start: hit.start + lead,
                end: hit.end + lead,
                confidence: hit.confidence_named.saturating_sub(doubt),
                with_keyword: 0,
                marks: hit.marks,
                is_common: false,
            };
            if let Some(here) = here {
                here.add_signals(names.gives);
            }
            if is_satisfied {
                self.scratch.hits.push(candidate);
            } else if let Some(here) = here {
                let (start, end) = if shape.has(shape::NON_ASCII) {
                    characters(text, candidate.start, candidate.end)
                } else {
                    (in_ascii(candidate.start), in_ascii(candidate.end))
                };
                let extent = self.in_leaf(start, end);
                let value = text.get(candidate.start..candidate.end).unwrap_or_default();
                let marks = self.engine.marks_of(value, candidate.marks);
                self.wait(here, Candidate { marks, ..candidate }, extent, names.beside);
            }
        }
        searching
    }

    /// Returns true if values of the declared class `id` are searched for inside a field of its
    /// name. If not, also returns the check that the whole field must pass.
    #[cold]
    fn own_asks(&self, id: DetectorId) -> (bool, Option<FitsField>) {
        let own = self.engine.own().and_then(|own| own.get(id));
        if own.is_some_and(OwnPattern::has_pattern) {
            (true, None)
        } else {
            (false, Some(config::fits_own))
        }
    }
}

/// Returns the text without surrounding space, and the number of bytes that were cut off before it.
#[inline]
fn trim(text: &str) -> (&str, usize) {
    let is_tight = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_tight(bytes.first()) && is_tight(bytes.last()) {
        return (text, 0);
    }
    let rest = text.trim_start();
    (rest.trim_end(), text.len() - rest.len())
}
