//! What an object says of itself: `"type": "user"`, `"resourceType": "Patient"`,
//! `"reference": "Organization/7"`.
//!
//! It outweighs what the name of the field says, wherever in the object it stands: where it comes
//! late, the object is read again.

use crate::field_name::{Roles, Slot};
use crate::json::{Leaf, RawString};

/// What an object is, in its own words. Ordered: of two the greater is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Diagnosis,
    Thing,
    Person,
    Patient,
    /// A resource that nothing is known of.
    Other,
}

impl About {
    /// What a leaf under a key in `slot` says of the object around it.
    #[inline(never)]
    pub(super) fn said_by(slot: Slot, key: RawString<'_>, leaf: Leaf<'_>) -> Option<Self> {
        const LONGEST: usize = 256;
        let text = leaf.string.raw;
        if !matches!(slot, Slot::Kind | Slot::Reference)
            || leaf.is_number
            || leaf.string.is_escaped()
            || text.len() > LONGEST
        {
            return None;
        }
        match slot {
            // FHIR: a group of persons is a `Group`, whatever its `type` says.
            Slot::Kind if key.raw == "resourceType" => {
                let about = of_type(text).filter(|about| *about != Self::Thing);
                Some(about.unwrap_or(Self::Other))
            }
            Slot::Kind if is_type_key(key.raw) => of_type(text),
            Slot::Reference => of_reference(text),
            _ => None,
        }
    }

    /// What the fields inside are about, where the field's own name says `above`.
    pub(super) const fn roles(self, above: Roles) -> Roles {
        let person = Roles::PERSON.or(Roles::PERSON_ITSELF);
        let of_things = Roles::THING
            .or(Roles::RECORD)
            .or(Roles::ORGANIZATION)
            .or(Roles::NO_PERSON);
        match self {
            Self::Diagnosis => above.or(Roles::DIAGNOSIS).or(Roles::HEALTH),
            Self::Thing => Roles::THING.or(Roles::NO_PERSON),
            Self::Other => above,
            Self::Person => above.without(of_things).or(person),
            Self::Patient => above.without(of_things).or(person).or(Roles::HEALTH),
        }
    }
}

/// The keys under which formats write what an object is: JSON:API, JSON-LD, GraphQL, FHIR, Stripe,
/// Kubernetes.
fn is_type_key(key: &str) -> bool {
    matches!(
        key,
        "type"
            | "Type"
            | "kind"
            | "Kind"
            | "object"
            | "resourceType"
            | "resource_type"
            | "objectType"
            | "object_type"
            | "entityType"
            | "entity_type"
            | "__typename"
            | "@type"
            | "_type"
    )
}

fn of_type(kind: &str) -> Option<About> {
    const PERSONS: [&str; 17] = [
        "user",
        "customer",
        "person",
        "people",
        "practitioner",
        "relatedperson",
        "member",
        "employee",
        "contact",
        "subscriber",
        "student",
        "teacher",
        "guest",
        "passenger",
        "cardholder",
        "physician",
        "nurse",
    ];
    const PATIENTS: [&str; 1] = ["patient"];
    const DIAGNOSES: [&str; 3] = ["condition", "allergyintolerance", "familymemberhistory"];
    const THINGS: [&str; 19] = [
        "role",
        "assumedrole",
        "bot",
        "app",
        "application",
        "service",
        "serviceaccount",
        "awsservice",
        "organization",
        "organisation",
        "company",
        "group",
        "team",
        "device",
        "system",
        "machine",
        "location",
        "awsaccount",
        "healthcareservice",
    ];
    // `user_reference`, `users`
    let kind = kind.strip_suffix("_reference").unwrap_or(kind);
    let kind = kind
        .strip_suffix('s')
        .filter(|one| one.len() > 3)
        .unwrap_or(kind);
    let is_one_of = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(kind));
    let is_user = || kind.len() > 4 && kind.to_ascii_lowercase().ends_with("user");
    if is_one_of(&PERSONS) || is_user() {
        Some(About::Person)
    } else if is_one_of(&PATIENTS) {
        Some(About::Patient)
    } else if is_one_of(&DIAGNOSES) {
        Some(About::Diagnosis)
    } else if is_one_of(&THINGS) {
        Some(About::Thing)
    } else {
        None
    }
}

/// `Patient/7`, `https://…/Organization/12`: the type of what is referred to. Any type with a capital
/// that is no person's is a thing's.
fn of_reference(text: &str) -> Option<About> {
    let path = text.split_once("/_history/").map_or(text, |(path, _)| path);
    let (before, _) = path.rsplit_once('/')?;
    let (_, kind) = before.rsplit_once('/').unwrap_or(("", before));
    let is_type = kind.starts_with(|c: char| c.is_ascii_uppercase())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_person = |about: &About| matches!(about, About::Person | About::Patient);
    let person = of_type(kind).filter(is_person);
    person.or(is_type.then_some(About::Thing))
}
