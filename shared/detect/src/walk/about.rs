//! The type that an object gives itself: `"type": "user"`, `"resourceType": "Patient"`,
//! `"reference": "Organization/7"`.
//!
//! It outweighs the name of the field around the object, wherever in the object it stands. If it
//! comes after other fields, the object is read again.

use crate::field_name::{Roles, Slot};
use crate::json::{Leaf, RawString};
use crate::word_list::WordList;

/// The type that an object gives itself. The order is by weight: of two, the greater is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Diagnosis,
    Thing,
    Person,
    Patient,
    /// Care that was given to a patient: a visit, a prescription.
    Care,
    /// A resource of an unknown type.
    Other,
}

impl About {
    /// Returns the type that a leaf under a key in `slot` gives the object around it.
    #[inline]
    fn said_by(slot: Slot, key: RawString<'_>, leaf: Leaf<'_>) -> Option<Self> {
        const LONGEST: usize = 256;
        let text = leaf.string.raw;
        if leaf.is_number || leaf.string.is_escaped() || text.len() > LONGEST {
            return None;
        }
        match slot {
            // FHIR: a group of persons is a `Group`, whatever its `type` says.
            Slot::Type if key.raw == "resourceType" => {
                let about = of_type(text).filter(|about| *about != Self::Thing);
                Some(about.unwrap_or(Self::Other))
            }
            Slot::Type => of_type(text).filter(|about| *about != Self::Care),
            Slot::Reference => of_reference(text),
            _ => None,
        }
    }

    /// Returns the roles for the fields inside, if the field's own name has the roles `above`.
    #[cold]
    const fn roles(self, above: Roles) -> Roles {
        let person = Roles::PERSON.or(Roles::PERSON_ITSELF);
        let of_things = Roles::THING
            .or(Roles::RECORD)
            .or(Roles::ORGANIZATION)
            .or(Roles::NO_PERSON);
        match self {
            Self::Diagnosis => above.or(Roles::DIAGNOSIS).or(Roles::HEALTH),
            Self::Care => above.or(Roles::HEALTH),
            Self::Thing => Roles::THING.or(Roles::NO_PERSON),
            Self::Other => above,
            Self::Person => above.without(of_things).or(person),
            Self::Patient => above.without(of_things).or(person).or(Roles::HEALTH),
        }
    }
}

/// The type that an object has given itself so far, and the roles for its fields.
pub(super) struct Said {
    /// The roles from the name of the field around the object.
    named: Roles,
    /// The roles for the fields inside.
    pub(super) above: Roles,
    is_known: bool,
    about: Option<About>,
    is_late: bool,
}

impl Said {
    /// Creates the state for an object. If its type is `known`, later leaves do not change it.
    pub(super) fn new(named: Roles, known: Option<About>) -> Self {
        Self {
            named,
            above: known.map_or(named, |about| about.roles(named)),
            is_known: known.is_some(),
            about: None,
            is_late: false,
        }
    }

    /// Reads a leaf under a key in `slot`, which [may say](Slot::may_say_what_it_is) what the
    /// object is.
    #[inline(never)]
    pub(super) fn hear(&mut self, slot: Slot, key: RawString<'_>, leaf: Leaf<'_>, is_first: bool) {
        let about = About::said_by(slot, key, leaf);
        if about > self.about && !self.is_known {
            self.about = about;
            let roles = about.map_or(self.named, |about| about.roles(self.named));
            self.is_late |= !is_first && roles != self.above;
            self.above = roles;
        }
    }

    /// Returns the type that came after fields that it affects.
    pub(super) fn too_late(&self) -> Option<About> {
        self.about.filter(|_| self.is_late)
    }
}

fn of_type(kind: &str) -> Option<About> {
    // `user_reference`, `users`
    let kind = kind.strip_suffix("_reference").unwrap_or(kind);
    let plural = kind.strip_suffix('s').filter(|one| one.len() > 3);
    let kind = plural.unwrap_or(kind);
    let is = |word: &str| kind.eq_ignore_ascii_case(word);
    // `AppUser`, `IAMUser`
    let is_user = || {
        let user = kind.len().checked_sub(4).and_then(|at| kind.get(at..));
        kind.len() <= LONGEST_USER && user.is_some_and(|user| user.eq_ignore_ascii_case("user"))
    };
    if is("patient") {
        Some(About::Patient)
    } else if PERSONS.has(kind) || is_user() {
        Some(About::Person)
    } else if THINGS.has(kind) || is("healthcareservice") {
        Some(About::Thing)
    } else if CARE.has(kind) || is("medicationrequest") || is("explanationofbenefit") {
        Some(About::Care)
    } else if is("condition") || is("allergyintolerance") || is("familymemberhistory") {
        Some(About::Diagnosis)
    } else {
        None
    }
}

const LONGEST_USER: usize = 24;

static THINGS: WordList<25> = WordList::new([
    "role",
    "assumedrole",
    "bot",
    "app",
    "application",
    "service",
    "serviceaccount",
    "service_account",
    "service-account",
    "service account",
    "system_user",
    "machineaccount",
    "workload",
    "mannequin",
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
]);

/// Resources of FHIR that give a reason for care (R4, `reasonCode`).
static CARE: WordList<7> = WordList::new([
    "encounter",
    "procedure",
    "appointment",
    "servicerequest",
    "careplan",
    "coverage",
    "claim",
]);

static PERSONS: WordList<16> = WordList::new([
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
]);

/// Returns the type of the resource in a reference such as `Patient/7` or `https://…/Organization/12`.
/// Any type with a capital that is neither a person nor a diagnosis is a thing.
fn of_reference(text: &str) -> Option<About> {
    let path = text.split_once("/_history/").map_or(text, |(path, _)| path);
    let (before, _) = path.rsplit_once('/')?;
    let (_, kind) = before.rsplit_once('/').unwrap_or(("", before));
    let is_type = kind.starts_with(|c: char| c.is_ascii_uppercase())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_about_people =
        |about: &About| matches!(about, About::Person | About::Patient | About::Diagnosis);
    let about = of_type(kind).filter(is_about_people);
    about.or(is_type.then_some(About::Thing))
}
