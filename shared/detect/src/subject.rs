//! Subjects: the person to whom a value belongs, as a keyed fingerprint and never as the value.
//!
//! If the walk finds an e-mail address or a telephone number, or reads a field that is configured
//! to hold a customer id, the value is normalised, hashed with HMAC-SHA-256 (RFC 2104, FIPS 180-4)
//! and a secret key, and dropped. This happens in this crate so that no value has to leave it
//! (invariant 1). Without a key, no subjects are made.
//!
//! Different spellings of one identifier give one fingerprint, as far as that is certain:
//!
//! | kind | normalised | kept as it is |
//! |---|---|---|
//! | e-mail | space around it, capitals, compatibility forms (NFKC) | dots and `+tag`s in the local part: only the mail's host knows whether they matter; an internationalised domain and its punycode |
//! | phone | punctuation, extension, `00` for `+`, the trunk zero of `+44 (0)20` (ITU-T E.164, E.123) | a national number and the same one with its country: the country is not in it. It is kept as its digits, apart from every international one |
//! | customer id | space around it | everything else: an id is exact |
//!
//! A number without `+` or `00` counts as international if it has at least twelve digits, which no
//! national number has, and fits its country's plan. A number with fewer than eight digits is
//! local, which many people have, and makes no subject. Test data (`example.com`, 555-0100) makes
//! no subject either. The kinds are kept apart inside the HMAC, so that an id that looks like a
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

/// The secret key for fingerprints. A person can only be looked up with it. Once it is destroyed,
/// nothing that was made with it leads back to a person.
pub struct SubjectKey {
    secret: Zeroizing<[u8; Self::BYTES]>,
    /// The HMAC after it has read the key. Two of its blocks are computed once and not for every
    /// value.
    keyed: Hmac<Sha256>,
}

impl SubjectKey {
    /// The length of the secret in bytes. It is the length of the hash's output, as RFC 2104 asks
    /// for.
    pub const BYTES: usize = 32;

    /// Creates a key with this secret, which must be random.
    pub fn new(secret: Zeroizing<[u8; Self::BYTES]>) -> Self {
        // The block size of SHA-256 is 64 bytes. A shorter key is padded with zeros (RFC 2104), and
        // a whole block cannot have a wrong length.
        let mut block = Zeroizing::new([0; 64]);
        block[..Self::BYTES].copy_from_slice(&*secret);
        let keyed = Hmac::new((&*block).into());
        Self { secret, keyed }
    }

    /// Returns the secret. It must be kept where secrets are kept.
    pub fn secret(&self) -> &[u8; Self::BYTES] {
        &self.secret
    }

    /// Returns the key's check value, which tells two keys with one name apart: the first bytes of
    /// an HMAC over a text that is not a person's identifier. It reveals nothing of the secret.
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
    /// Writes nothing of the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(…)")
    }
}

crate::listed! {
    /// The kind of identifier by which a person is known.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum SubjectKind {
        /// An e-mail address.
        Email,
        /// A telephone number.
        Phone,
        /// An id from a field that is configured to hold one.
        Customer,
    }
}

impl SubjectKind {
    /// Returns the kind's name: `email`, `phone`, `customer`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Customer => "customer",
        }
    }

    /// Returns the text with which the HMAC begins. No domain is a prefix of another.
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

/// The text is not the name of a kind of subject.
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

/// The first 16 bytes of an HMAC-SHA-256. With 2^40 people the chance that any two share one is
/// 2^-49.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; Self::BYTES]);

impl Fingerprint {
    /// The length in bytes.
    pub const BYTES: usize = 16;

    /// Returns the bytes that a store keeps.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Creates a fingerprint from the bytes that a store kept.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    /// Writes lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a fingerprint. The message does not repeat it.
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

/// A person, as far as one identifier tells. It never contains the identifier itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The kind of identifier.
    pub kind: SubjectKind,
    /// The fingerprint of the identifier.
    pub fingerprint: Fingerprint,
}

impl Subject {
    /// Returns the subject with this e-mail address, the same that a scan makes. Returns `None` if
    /// the text contains no address. `Jane <jane@shop.dev>` and `mailto:` are understood.
    pub fn of_email(key: &SubjectKey, text: &str) -> Option<Self> {
        Some(Self::of(key, SubjectKind::Email, &first_address(text)?))
    }

    /// Returns the subject with this telephone number, or `None` if the text is not one. A number
    /// without its country code is another subject than the same number with it, so look up both.
    pub fn of_phone(key: &SubjectKey, text: &str) -> Option<Self> {
        Some(Self::of(key, SubjectKind::Phone, &phone(text)?))
    }

    /// Returns the subject with this customer id, or `None` if the text cannot be one.
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

/// The key and the settings with which a scan makes subjects.
#[derive(Debug, Clone, Copy)]
pub struct Subjects<'s> {
    /// The secret key.
    pub key: &'s SubjectKey,
    /// The fields that hold customer ids.
    pub customer_ids: &'s CustomerIdNames,
}

/// Collects the subjects of a document during the walk.
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

    /// Returns true if subjects are made.
    pub(crate) const fn are_wanted(&self) -> bool {
        self.with.is_some()
    }

    /// Returns the number of mentions so far, for [`Self::back`].
    pub(crate) const fn len(&self) -> usize {
        self.mentions.len()
    }

    /// Drops all mentions after the first `len`.
    pub(crate) fn back(&mut self, len: usize) {
        self.mentions.truncate(len);
    }

    /// Returns each subject once, in order.
    pub(crate) fn into_subjects(mut self) -> Vec<Subject> {
        self.mentions.sort_unstable();
        self.mentions.dedup();
        self.mentions
    }

    /// Adds the person to whom `value`, which is of `class`, belongs.
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

    /// Adds the customer whose id is the leaf at `node`, if its field holds customer ids.
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
