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
    fn said_by(slot: Slot, key: RawString<'_>, leaf: Leaf<'_>) -> Option<Self> {
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
    const fn roles(self, above: Roles) -> Roles {
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

/// What an object has said of itself so far, and what its fields are about.
pub(super) struct Said {
    /// What the name of the field around the object says.
    named: Roles,
    /// What the fields inside are about.
    pub(super) above: Roles,
    is_known: bool,
    about: Option<About>,
    is_late: bool,
}

impl Said {
    /// Of an object that is `known` to be about something, nothing more is heard.
    pub(super) fn new(named: Roles, known: Option<About>) -> Self {
        Self {
            named,
            above: known.map_or(named, |about| about.roles(named)),
            is_known: known.is_some(),
            about: None,
            is_late: false,
        }
    }

    pub(super) fn hear(&mut self, slot: Slot, key: RawString<'_>, leaf: Leaf<'_>, is_first: bool) {
        let about = About::said_by(slot, key, leaf);
        if about > self.about && !self.is_known {
            self.about = about;
            let roles = about.map_or(self.named, |about| about.roles(self.named));
            self.is_late |= !is_first && roles != self.above;
            self.above = roles;
        }
    }

    /// What the object said after fields that it explains.
    pub(super) fn too_late(&self) -> Option<About> {
        self.about.filter(|_| self.is_late)
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
    const LONGEST: usize = 24;
    // `user_reference`, `users`
    let kind = kind.strip_suffix("_reference").unwrap_or(kind);
    let plural = kind.strip_suffix('s').filter(|one| one.len() > 3);
    let kind = plural.unwrap_or(kind).as_bytes();
    let mut room = [0; LONGEST];
    let small = room.get_mut(..kind.len())?;
    small.copy_from_slice(kind);
    small.make_ascii_lowercase();
    match &*small {
        b"patient" => Some(About::Patient),
        b"condition" | b"allergyintolerance" | b"familymemberhistory" => Some(About::Diagnosis),
        b"role" | b"assumedrole" | b"bot" | b"app" | b"application" | b"service"
        | b"serviceaccount" | b"awsservice" | b"organization" | b"organisation" | b"company"
        | b"group" | b"team" | b"device" | b"system" | b"machine" | b"location" | b"awsaccount"
        | b"healthcareservice" => Some(About::Thing),
        b"customer" | b"person" | b"people" | b"practitioner" | b"relatedperson" | b"member"
        | b"employee" | b"contact" | b"subscriber" | b"student" | b"teacher" | b"guest"
        | b"passenger" | b"cardholder" | b"physician" | b"nurse" => Some(About::Person),
        // `AppUser`, `IAMUser`
        kind => kind.ends_with(b"user").then_some(About::Person),
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
