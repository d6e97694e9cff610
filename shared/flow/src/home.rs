//! Homes: the AWS account and the region of a channel, a party or a resource.
//!
//! A home is part of an identity (`docs/IDENTITIES.md`, section 1). It can hold only twelve digits
//! and the name of a region, so that no text of a payload can be stored in it.

use std::fmt;

use crate::delivery::resource_name;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest name of a region, in bytes. The longest existing name has 14.
const REGION_MAX: usize = 24;

/// An AWS account: twelve digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(u64);

impl Account {
    /// The form expected of a text that names an account.
    pub const EXPECTED: &str = "the twelve digits of an AWS account, as in 222222222222";

    /// Returns the account with this number, or `None` if it is not twelve digits.
    pub fn new(number: &str) -> Option<Self> {
        let is_account = number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit());
        is_account.then(|| number.parse().ok().map(Self)).flatten()
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = String::deserialize(deserializer)?;
        Self::new(&number).ok_or_else(|| {
            let expected = "twelve digits in quotes, as in \"222222222222\"";
            de::Error::invalid_value(de::Unexpected::Other("another text"), &expected)
        })
    }
}

/// The name of a region: `eu-west-1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; REGION_MAX]);

impl Region {
    /// The form expected of a text that names a region.
    pub const EXPECTED: &str = "the name of an AWS region, as in eu-west-1";

    /// Returns the region with this name. Returns `None` unless the name is two or more words of
    /// small letters and a number, with hyphens between them.
    pub fn new(name: &str) -> Option<Self> {
        let (words, number) = name.rsplit_once('-')?;
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        let is_region = name.len() <= REGION_MAX
            && words.contains('-')
            && words.split('-').all(is_word)
            && number.len() == 1
            && number.bytes().all(|byte| byte.is_ascii_digit());
        is_region.then(|| {
            let mut bytes = [0; REGION_MAX];
            bytes[..name.len()].copy_from_slice(name.as_bytes());
            Self(bytes)
        })
    }

    /// Returns the name of the region.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0);
        // The name is ASCII, because `new` accepts nothing else.
        std::str::from_utf8(&self.0[..end.unwrap_or(REGION_MAX)]).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::new(&name).ok_or_else(|| {
            let expected = "the name of a region, as in eu-west-1";
            de::Error::invalid_value(de::Unexpected::Other("another text"), &expected)
        })
    }
}

/// An account and a region, each as far as it is known.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Home {
    /// The account.
    pub account: Option<Account>,
    /// The region.
    pub region: Option<Region>,
}

impl Home {
    /// The home of which neither account nor region is known.
    pub const UNKNOWN: Self = Self {
        account: None,
        region: None,
    };

    /// Creates a home from an account and a region. A part that does not have a valid form is
    /// unknown.
    pub fn of(account: &str, region: &str) -> Self {
        Self {
            account: Account::new(account),
            region: Region::new(region),
        }
    }

    /// Reads a home in the form of text and pictures: `eu-west-1/222222222222`, with `*` for an
    /// unknown part. Returns `None` if the text has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let (region, account) = text.split_once('/')?;
        Some(Self {
            account: match account {
                "*" => None,
                account => Some(Account::new(account)?),
            },
            region: match region {
                "*" => None,
                region => Some(Region::new(region)?),
            },
        })
    }

    /// Returns the home in an ARN: `arn:aws:sqs:eu-west-1:222222222222:orders`. The ARN of a bucket
    /// has none.
    pub fn of_arn(arn: &str) -> Self {
        let mut parts = arn.split(':');
        if parts.next() != Some("arn") {
            return Self::UNKNOWN;
        }
        let region = parts.nth(2).unwrap_or_default();
        let account = parts.next().unwrap_or_default();
        Self::of(account, region)
    }

    /// Returns true if neither account nor region is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::UNKNOWN
    }

    /// Returns true if both may be the same home: no part that both know differs.
    pub fn fits(&self, other: &Self) -> bool {
        fn agree<T: Copy + PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        agree(self.account, other.account) && agree(self.region, other.region)
    }

    /// Fills in the unknown parts from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            account: self.account.or(other.account),
            region: self.region.or(other.region),
        }
    }
}

impl fmt::Display for Home {
    /// Writes `eu-west-1/222222222222`, with `*` for an unknown part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.region {
            Some(region) => f.write_str(region.as_str())?,
            None => f.write_str("*")?,
        }
        match self.account {
            Some(account) => write!(f, "/{account}"),
            None => f.write_str("/*"),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The name of a resource in AWS, and its home.
///
/// It is written `orders` if the home is unknown, and `orders@eu-west-1/222222222222` otherwise. An
/// ARN is read too, so that one resource named in two ways is one. Names in payloads are accepted
/// as they are. Those in a topology are checked ([`crate::topology::End::named`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Located {
    /// The name, without region and account.
    pub name: String,
    /// The home of the resource.
    pub home: Home,
}

impl Located {
    /// Returns true if both may name the same resource.
    pub fn fits(&self, other: &Self) -> bool {
        self.name == other.name && self.home.fits(&other.home)
    }
}

impl From<&str> for Located {
    fn from(text: &str) -> Self {
        if text.starts_with("arn:") {
            return Self {
                name: resource_name(text).to_owned(),
                home: Home::of_arn(text),
            };
        }
        let located = text
            .rsplit_once('@')
            .and_then(|(name, home)| Some((name, Home::parse(home)?)));
        let (name, home) = located.unwrap_or((text, Home::UNKNOWN));
        Self {
            name: name.to_owned(),
            home,
        }
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.home.is_unknown() {
            return Ok(());
        }
        write!(f, "@{}", self.home)
    }
}

/// The serialised form of a home: `{"account": "222222222222", "region": "eu-west-1"}`, with null
/// for an unknown part.
#[derive(Serialize, Deserialize)]
struct Written {
    account: Option<String>,
    region: Option<String>,
}

impl Serialize for Home {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written {
            account: self.account.map(|account| account.to_string()),
            region: self.region.map(|region| region.as_str().to_owned()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Home {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { account, region } = Written::deserialize(deserializer)?;
        Ok(Self::of(
            account.as_deref().unwrap_or_default(),
            region.as_deref().unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_read_from_every_form_of_arn() {
        for (arn, home) in [
            (
                "arn:aws:sqs:eu-west-1:222222222222:orders",
                "eu-west-1/222222222222",
            ),
            (
                "arn:aws-us-gov:kinesis:us-gov-west-1:000000000012:stream/clicks",
                "us-gov-west-1/000000000012",
            ),
            ("arn:aws:s3:::invoices", "*/*"),
            ("arn:aws:iam::222222222222:role/x", "*/222222222222"),
            ("orders", "*/*"),
            ("arn:aws:sqs", "*/*"),
        ] {
            assert_eq!(Home::of_arn(arn).to_string(), home, "{arn}");
        }
    }

    #[test]
    fn nothing_but_an_account_and_a_region_can_be_kept_in_a_home() {
        for text in [
            "jane@shop.dev",
            "jane-doe",
            "Jane-Doe-1",
            "+441632960",
            "22222222222a",
            "",
            "-",
            "a--1",
        ] {
            assert!(Home::of(text, text).is_unknown(), "{text}");
        }
        let read: Home = serde_json::from_str(r#"{"account":"jane","region":"doe"}"#).unwrap();
        assert!(read.is_unknown());
    }

    #[test]
    fn homes_fit_where_no_part_that_both_know_differs() {
        let home = Home::of("222222222222", "eu-west-1");
        assert!(home.fits(&home) && home.fits(&Home::UNKNOWN) && Home::UNKNOWN.fits(&home));
        assert!(home.fits(&Home::of("", "eu-west-1")));
        assert!(!home.fits(&Home::of("333333333333", "")));
        assert!(!home.fits(&Home::of("222222222222", "eu-west-2")));
        assert_eq!(
            Home::of("", "eu-west-1").or(Home::of("222222222222", "us-east-1")),
            home
        );
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        for home in [
            Home::UNKNOWN,
            Home::of("000000000001", "eu-west-1"),
            Home::of("", "ap-southeast-2"),
        ] {
            let json = serde_json::to_string(&home).unwrap();
            assert_eq!(serde_json::from_str::<Home>(&json).unwrap(), home, "{json}");
        }
    }
}
