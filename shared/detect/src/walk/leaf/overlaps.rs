//! Decides which of several hits on the same characters is right.

use std::cmp::Reverse;

use super::Candidate;
use crate::class::DataClass;
use crate::detector_id::DetectorId;
use crate::walk::Walk;

impl Walk<'_> {
    /// Decides between hits on the same characters: the surer one is kept, then the longer, then
    /// the one whose detector comes first in the registry. Classes that name the owner of a value
    /// may share characters with another class.
    #[inline(never)]
    pub(super) fn resolve_overlaps(&mut self) {
        let hits = &mut self.scratch.hits;
        hits.sort_by_key(|hit| (hit.start, Reverse(rank(hit))));
        let mut kept = 0;
        for at in 0..hits.len() {
            let hit = hits[at];
            let mut is_beaten = false;
            let mut from = kept;
            while from > 0 && !is_beaten {
                let earlier = hits[from - 1];
                let same_class = earlier.id == hit.id;
                let may_share = !same_class
                    && may_share(self.engine.class(earlier.id), self.engine.class(hit.id));
                if may_share {
                    from -= 1;
                    continue;
                }
                if earlier.end <= hit.start {
                    break;
                }
                if rank(&earlier) >= rank(&hit) {
                    is_beaten = true;
                } else {
                    // Only the last kept hit can overlap, except for those that may share
                    // characters.
                    hits.copy_within(from..kept, from - 1);
                    kept -= 1;
                    from -= 1;
                }
            }
            if !is_beaten {
                hits[kept] = hit;
                kept += 1;
            }
        }
        hits.truncate(kept);
    }
}

/// Returns the rank of a hit among those on the same characters. The greatest is kept.
fn rank(hit: &Candidate) -> (u8, usize, Reverse<DetectorId>) {
    (hit.confidence, hit.end - hit.start, Reverse(hit.id))
}

/// Returns true if hits of two classes may cover the same characters. A user name or a customer's
/// id names the owner, and the value may be of another class as well: an e-mail address, a tax
/// number. Two ids that only the field's name announces exclude each other.
pub(super) const fn may_share(one: DataClass, other: DataClass) -> bool {
    says_whose(one) && !is_named_id(other) || says_whose(other) && !is_named_id(one)
}

const fn says_whose(class: DataClass) -> bool {
    matches!(class, DataClass::Username | DataClass::CustomerId)
}

const fn is_named_id(class: DataClass) -> bool {
    says_whose(class)
        || matches!(
            class,
            DataClass::MedicalRecordNumber
                | DataClass::UsHealthInsuranceMemberId
                | DataClass::DeviceId
                | DataClass::CookieId
                | DataClass::NationalId
                | DataClass::DriverLicense
                | DataClass::Passport
                | DataClass::UsPassport
                | DataClass::LicensePlate
                | DataClass::UsBankNumber
        )
}
