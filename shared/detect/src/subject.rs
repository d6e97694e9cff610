//! Subjects: which person a value belongs to, as a keyed fingerprint and never as the value.
//!
//! Stands beside the findings: where the walk reports an e-mail address or a telephone number, or
//! meets a field that is configured to hold a customer id, the value is brought into one writing,
//! put through HMAC-SHA-256 (RFC 2104, FIPS 180-4) with a secret key, and dropped. This happens here
//! so that no value has to leave the crate for it (invariant 1). Without a key nothing is done.
//!
//! One person in different writings is one fingerprint, as far as that is sure:
//!
//! | kind | brought into one writing | not folded |
//! |---|---|---|
//! | e-mail | space around it, capitals, compatibility forms (NFKC) | dots and `+tag`s in the local part: only the mail's host knows whether they matter; an internationalised domain and its punycode |
//! | phone | punctuation, extension, `00` for `+`, the trunk zero of `+44 (0)20` (ITU-T E.164, E.123) | a national number and the same one with its country: which country is meant is not in it. It is kept as its digits, apart from every international one |
//! | customer id | space around it | everything else: an id is exact |
//!
//! A number without `+` or `00` counts as international from twelve digits on where it fits its
//! country's plan, which no national writing is as long as; with fewer than eight digits it is a
//! local number, which many people have, and no subject. Test data (`example.com`, 555-0100) is no
//! person and makes none. Kinds are kept apart inside the HMAC, so that an id that looks like a
//! telephone number is not one.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::class::DataClass;
use crate::finding::Marks;
use crate::limits::{Limit, LimitsReached};
use crate::path::Node;

mod customer_ids;
mod writing;

pub use customer_ids::CustomerIdNames;
use writing::{customer_id, email, first_address, phone};

/// The secret that fingerprints are made with. Whoever has it can ask after a person; once it is
/// destroyed nobody can, and nothing made with it leads back to anyone.
pub struct SubjectKey {
    secret: Zeroizing<[u8; Self::BYTES]>,
    /// HMAC with the key taken in: two of its blocks are paid once and not for every value.
    keyed: Hmac<Sha256>,
}

impl SubjectKey {
    /// The length of the secret: as long as the output of the hash, as RFC 2104 asks for.
    pub const BYTES: usize = 32;

    /// The key with this secret, which must be random.
    pub fn new(secret: Zeroizing<[u8; Self::BYTES]>) -> Self {
        // The block size of SHA-256 is 64 bytes: a shorter key is padded with zeros (RFC 2104), and
        // a whole block cannot have a wrong length.
        let mut block = Zeroizing::new([0; 64]);
        block[..Self::BYTES].copy_from_slice(&*secret);
        let keyed = Hmac::new((&*block).into());
        Self { secret, keyed }
    }

    /// The secret, to be kept where secrets are kept.
    pub fn secret(&self) -> &[u8; Self::BYTES] {
        &self.secret
    }

    /// The key's check value, by which two keys of one name are told apart: the first bytes of an HMAC
    /// over what is nobody's identifier. Says nothing of the secret.
    pub fn check_value(&self) -> [u8; 3] {
        let mut mac = self.keyed.clone();
        mac.update(b"piitrail subject key check value");
        let tag = mac.finalize().into_bytes();
        [tag[0], tag[1], tag[2]]
    }

    fn fingerprint(&self, kind: SubjectKind, normalised: &str) -> Fingerprint {
        let mut mac = self.keyed.clone();
        mac.update(kind.domain().as_bytes());
        mac.update(normalised.as_bytes());
        let tag = mac.finalize().into_bytes();
        let mut bytes = [0; Fingerprint::BYTES];
        bytes.copy_from_slice(&tag[..Fingerprint::BYTES]);
        Fingerprint(bytes)
    }
}

impl fmt::Debug for SubjectKey {
    /// Nothing of the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(…)")
    }
}

crate::listed! {
    /// What a person is known by.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum SubjectKind {
        /// An e-mail address.
        Email,
        /// A telephone number.
        Phone,
        /// An id out of a field that is configured to hold one.
        Customer,
    }
}

impl SubjectKind {
    /// The kind's name: `email`, `phone`, `customer`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Customer => "customer",
        }
    }

    /// What the HMAC begins with. No domain is the beginning of another one.
    const fn domain(self) -> &'static str {
        match self {
            Self::Email => "piitrail subject 1 email\0",
            Self::Phone => "piitrail subject 1 phone\0",
            Self::Customer => "piitrail subject 1 customer\0",
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// It is not the name of a kind of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a subject is known by email, phone or customer")]
pub struct UnknownSubjectKind;

impl FromStr for SubjectKind {
    type Err = UnknownSubjectKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or(UnknownSubjectKind)
    }
}

impl serde::Serialize for SubjectKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for SubjectKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

/// The first 16 bytes of an HMAC-SHA-256. At 2^40 people the chance that any two share one is 2^-49.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; Self::BYTES]);

impl Fingerprint {
    /// The length in bytes.
    pub const BYTES: usize = 16;

    /// The bytes to be kept.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// A fingerprint that was kept.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    /// In lower-case hex.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// It is not a fingerprint. Does not say what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 32 hexadecimal digits")]
pub struct NotAFingerprint;

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.as_bytes();
        let (pairs, rest) = digits.as_chunks::<2>();
        if pairs.len() != Self::BYTES || !rest.is_empty() {
            return Err(NotAFingerprint);
        }
        let mut bytes = [0; Self::BYTES];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let digit = |digit: u8| {
                let value = char::from(digit).to_digit(16).ok_or(NotAFingerprint)?;
                u8::try_from(value).map_err(|_| NotAFingerprint)
            };
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

/// A person, as far as one identifier tells: never the identifier itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// What the person is known by.
    pub kind: SubjectKind,
    /// Which one.
    pub fingerprint: Fingerprint,
}

impl Subject {
    /// The subject with this e-mail address, the same that a scan makes of it; `None` where the
    /// text holds no address. `Jane <jane@shop.dev>` and `mailto:` are understood.
    pub fn of_email(key: &SubjectKey, text: &str) -> Option<Self> {
        Some(Self::of(key, SubjectKind::Email, &first_address(text)?))
    }

    /// The subject with this telephone number; `None` where the text is none. A number in its
    /// national writing is another subject than with its country: ask for both.
    pub fn of_phone(key: &SubjectKey, text: &str) -> Option<Self> {
        Some(Self::of(key, SubjectKind::Phone, &phone(text)?))
    }

    /// The subject with this customer id; `None` where the text cannot be one.
    pub fn of_customer_id(key: &SubjectKey, text: &str) -> Option<Self> {
        Some(Self::of(key, SubjectKind::Customer, customer_id(text)?))
    }

    fn of(key: &SubjectKey, kind: SubjectKind, normalised: &str) -> Self {
        Self {
            kind,
            fingerprint: key.fingerprint(kind, normalised),
        }
    }
}

/// What a scan makes subjects with.
#[derive(Debug, Clone, Copy)]
pub struct Subjects<'s> {
    /// The secret.
    pub key: &'s SubjectKey,
    /// The fields that hold customer ids.
    pub customer_ids: &'s CustomerIdNames,
}

/// The subjects of a document while it is walked.
pub(crate) struct Collector<'s> {
    with: Option<Subjects<'s>>,
    mentions: Vec<Subject>,
}

impl<'s> Collector<'s> {
    pub(crate) const fn new(with: Option<Subjects<'s>>) -> Self {
        Self {
            with,
            mentions: Vec::new(),
        }
    }

    /// Whether there is anything to make subjects with.
    pub(crate) const fn are_wanted(&self) -> bool {
        self.with.is_some()
    }

    /// How many there are, to go [`Self::back`] to.
    pub(crate) const fn len(&self) -> usize {
        self.mentions.len()
    }

    /// Forgets what came since there were `len`.
    pub(crate) fn back(&mut self, len: usize) {
        self.mentions.truncate(len);
    }

    /// Each once, in order.
    pub(crate) fn into_subjects(mut self) -> Vec<Subject> {
        self.mentions.sort_unstable();
        self.mentions.dedup();
        self.mentions
    }

    /// Takes the person whose `value` was found to be of `class`.
    #[inline]
    pub(crate) fn see(
        &mut self,
        class: DataClass,
        value: &str,
        marks: Marks,
        limits: &mut LimitsReached,
    ) {
        let Some(with) = self.with else { return };
        if marks.contains(Marks::TEST_DATA) {
            return;
        }
        match class {
            DataClass::EmailAddress => {
                self.take(
                    Subject::of(with.key, SubjectKind::Email, &email(value)),
                    limits,
                );
            }
            DataClass::PhoneNumber => {
                if let Some(subject) = Subject::of_phone(with.key, value) {
                    self.take(subject, limits);
                }
            }
            _ => {}
        }
    }

    /// Takes the customer whose id the leaf at `node` is, where that field holds such.
    #[inline]
    pub(crate) fn see_leaf(&mut self, text: &str, node: &Node<'_>, limits: &mut LimitsReached) {
        let Some(with) = self.with else { return };
        if !with.customer_ids.hold(node) {
            return;
        }
        if let Some(subject) = Subject::of_customer_id(with.key, text) {
            self.take(subject, limits);
        }
    }

    fn take(&mut self, subject: Subject, limits: &mut LimitsReached) {
        if self.mentions.len() >= Limit::Subjects.bound() {
            limits.reached(Limit::Subjects);
        } else {
            self.mentions.push(subject);
        }
    }
}

#[cfg(test)]
mod tests;
