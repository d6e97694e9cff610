//! Generates people who do not exist. Every value is generated, has a valid checksum where one
//! exists, and is the same for the same number.

use std::fmt::Write;

use piitrail_flow::store::conformance::faults::Chance;

/// A person with one value of every class, all different from those of other people.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) street: String,
    pub(crate) postal_code: String,
    pub(crate) city: String,
    pub(crate) birth: String,
    pub(crate) gender: &'static str,
    pub(crate) card: String,
    pub(crate) card_expiry: String,
    pub(crate) card_code: String,
    pub(crate) iban: String,
    pub(crate) swift: String,
    pub(crate) ssn: String,
    pub(crate) nino: String,
    pub(crate) ip: String,
    pub(crate) mac: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) customer_id: String,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    pub(crate) access_key: String,
    pub(crate) private_key: String,
    pub(crate) jwt: String,
    pub(crate) token: String,
}

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &[u8] = b"0123456789";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &[u8] = b"0123456789abcdef";

impl Person {
    /// Returns person `n`.
    pub(crate) fn number(n: u64) -> Self {
        let dice = &mut Dice(Chance::new(n));
        let first_name = dice.name(2);
        let last_name = dice.name(3);
        let base64 = |dice: &mut Dice, length| dice.text(ALPHANUMERIC, length);
        Self {
            email: format!("{first_name}.{last_name}{n}@{}-post.de", dice.name(2)).to_lowercase(),
            phone: format!("+49151{}", dice.text(b"123456789", 8)),
            street: format!("{} Street {}", dice.name(3), dice.range(1, 99)),
            postal_code: format!("{}", dice.range(10_117, 98_999)),
            city: dice.name(3) + "burg",
            birth: format!(
                "{}-{:02}-{:02}",
                dice.range(1940, 2004),
                dice.range(1, 12),
                dice.range(1, 28)
            ),
            gender: if dice.range(0, 1) == 0 {
                "female"
            } else {
                "male"
            },
            card: card(&format!("4{}", dice.text(DIGITS, 14))),
            card_expiry: format!("{:02}/{}", dice.range(1, 12), dice.range(27, 35)),
            card_code: dice.text(DIGITS, 3),
            iban: iban(&format!("37040044{}", dice.text(DIGITS, 10))),
            swift: format!("{}DE{}", dice.text(UPPER, 4), dice.text(b"BCDEFGHIJKLM", 2)),
            ssn: format!(
                "{:03}-{:02}-{:04}",
                dice.range(100, 650),
                dice.range(10, 99),
                dice.range(1000, 9999)
            ),
            nino: format!(
                "{}{}{}",
                dice.text(b"CEHJLR", 2),
                dice.text(DIGITS, 6),
                dice.text(b"ABCD", 1)
            ),
            ip: format!(
                "81.{}.{}.{}",
                dice.range(10, 250),
                dice.range(10, 250),
                dice.range(10, 250)
            ),
            mac: (0..5).fold(String::from("3c"), |mac, _| mac + ":" + &dice.text(HEX, 2)),
            username: format!("{}{}", dice.name(3).to_lowercase(), dice.range(100, 999)),
            password: format!("{}!7q", dice.text(ALPHANUMERIC, 14)),
            customer_id: format!("CUST-{}", dice.text(DIGITS, 9)),
            latitude: 47.0 + f64::from(dice.small(7_000_000)) / 1e6,
            longitude: 7.0 + f64::from(dice.small(8_000_000)) / 1e6,
            access_key: format!("AKIA{}", dice.text(BASE32, 16)),
            private_key: format!(
                "-----BEGIN PRIVATE KEY-----\nMIIEvQ{}\n{}\n-----END PRIVATE KEY-----",
                base64(dice, 58),
                base64(dice, 64)
            ),
            jwt: format!(
                // {"alg":"HS256","typ":"JWT"} . {"sub":"…
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{}.{}",
                jwt_rest(dice),
                base64(dice, 43)
            ),
            token: format!("sk_live_{}", dice.text(ALPHANUMERIC, 24)),
            first_name,
            last_name,
        }
    }

    /// Returns every value as text, with its name.
    pub(crate) fn values(&self) -> Vec<(&'static str, String)> {
        let key_lines = self
            .private_key
            .lines()
            .filter(|line| !line.starts_with('-'));
        let mut values: Vec<_> = key_lines
            .map(|line| ("private key", line.to_owned()))
            .collect();
        values.extend(
            self.jwt
                .split('.')
                .skip(1)
                .map(|part| ("token", part.to_owned())),
        );
        values.extend([
            ("latitude", self.latitude.to_string()),
            ("longitude", self.longitude.to_string()),
            ("name", format!("{} {}", self.first_name, self.last_name)),
        ]);
        let texts = [
            ("first name", self.first_name.as_str()),
            ("last name", &self.last_name),
            ("e-mail address", &self.email),
            ("phone number", &self.phone),
            ("street", &self.street),
            ("postal code", &self.postal_code),
            ("city", &self.city),
            ("date of birth", &self.birth),
            ("gender", self.gender),
            ("card", &self.card),
            ("card expiry", &self.card_expiry),
            ("card code", &self.card_code),
            ("iban", &self.iban),
            ("swift code", &self.swift),
            ("ssn", &self.ssn),
            ("nino", &self.nino),
            ("ip address", &self.ip),
            ("mac address", &self.mac),
            ("username", &self.username),
            ("password", &self.password),
            ("customer id", &self.customer_id),
            ("access key", &self.access_key),
            ("api token", &self.token),
        ];
        values.extend(texts.map(|(name, value)| (name, value.to_owned())));
        values
    }
}

/// Returns the rest of `{"sub":"` in base64: digits, three to a group of four letters, and the end.
fn jwt_rest(dice: &mut Dice) -> String {
    let groups = [
        "MTIz", "NDU2", "Nzg5", "MTE5", "OTEx", "MzA3", "NjYx", "ODQy", "MjA0", "NTc2",
    ];
    let subject: String = (0..8)
        .map(|_| groups[usize::try_from(dice.range(0, 9)).unwrap()])
        .collect();
    subject + "In0"
}

/// Appends to fifteen digits the one that satisfies Luhn (ISO/IEC 7812-1).
fn card(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            let weighed = if at % 2 == 0 { digit * 2 } else { digit };
            weighed / 10 + weighed % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Returns a German account with the check digits that make it 1 modulo 97 (ISO 13616).
fn iban(account: &str) -> String {
    // D and E are 13 and 14, and the check digits are 00 while they are computed.
    let remainder = format!("{account}131400")
        .bytes()
        .fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{account}", 98 - remainder)
}

/// Random numbers, the same for the same seed on every machine.
struct Dice(Chance);

impl Dice {
    fn range(&mut self, from: u64, to: u64) -> u64 {
        from + self.0.below(to - from + 1)
    }

    fn small(&mut self, below: u32) -> u32 {
        u32::try_from(self.0.below(u64::from(below))).unwrap()
    }

    fn text(&mut self, letters: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| {
                char::from(letters[usize::try_from(self.0.below(letters.len() as u64)).unwrap()])
            })
            .collect()
    }

    /// Returns a name that nobody has: `Lomivarok`.
    fn name(&mut self, syllables: usize) -> String {
        let mut name = String::new();
        for _ in 0..syllables {
            write!(
                name,
                "{}{}",
                self.text(b"bdfgklmnprstvz", 1),
                self.text(b"aeiou", 1)
            )
            .unwrap();
        }
        name += &self.text(b"klmnrst", 1);
        name[..1].to_uppercase() + &name[1..]
    }
}
