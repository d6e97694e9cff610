//! The catalogue's home: every data class, what it is called outside (the fideslang category),
//! how grave it is (the tier) and what proves a value (the evidence).
//!
//! One declarative table; everything else (`ALL`, names, parsing, serde, the documentation of each
//! variant) is made from it, so a class cannot be half declared.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// How grave it is when a value of this class gets out. Ordered: the gravest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Credentials, government ids, cards, health and what GDPR article 9 lists.
    Restricted,
    /// Contact, financial and birth data.
    Confidential,
    /// Network, device and pseudonymous data.
    Internal,
}

impl Tier {
    /// The tier's name in configuration and output: `restricted`, `confidential` or `internal`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Confidential => "confidential",
            Self::Internal => "internal",
        }
    }
}

impl FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(name: &str) -> Result<Self, UnknownTier> {
        [Self::Restricted, Self::Confidential, Self::Internal]
            .into_iter()
            .find(|tier| tier.name() == name)
            .ok_or(UnknownTier)
    }
}

/// A word that is no tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tier; write restricted, confidential or internal")]
pub struct UnknownTier;

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What it takes to believe that a value is of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The value alone is proof (`AKIA…`).
    Value,
    /// Shape and a checksum or a range together are proof (a card number).
    Check,
    /// The field's name is needed (a person's name).
    Field,
    /// A weak check that needs the field's name, or a keyword within 30 characters in prose.
    CheckAndField,
}

impl Evidence {
    /// The evidence as the catalogue writes it: `value`, `check`, `field` or `check+field`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Check => "check",
            Self::Field => "field",
            Self::CheckAndField => "check+field",
        }
    }
}

/// A name that is no data class of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a data class of the catalogue; see DataClass::ALL for the names, and write one of your \
     own with its tier: LOYALTY_CARD:confidential"
)]
pub struct UnknownDataClass;

/// Why a class of one's own cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnClassError {
    /// The name is not made as names of classes are.
    #[error("is not a name for a class; write capitals, digits and underscores: LOYALTY_CARD")]
    Name,
    /// The catalogue has a class of that name.
    #[error("is the name of a class of the catalogue; take another")]
    Taken,
    /// More classes than a process keeps.
    #[error(
        "is one class of your own too many; a process keeps {}",
        OwnClass::MOST
    )]
    TooMany,
}

/// A class that a configuration declares. Known by its name and tier; one and the same wherever in
/// the process it is met, so that it is as light to pass around as those of the catalogue.
#[derive(Clone, Copy)]
pub struct OwnClass(&'static Row);

impl OwnClass {
    /// How many a process keeps, and how long a name can be: names are read from stores as well,
    /// and what is read never makes memory grow without a bound.
    const MOST: usize = 256;
    const LONGEST_NAME: usize = 64;

    /// The class of this name and tier, which is made where it is met for the first time.
    fn of(name: &str, tier: Tier) -> Result<Self, OwnClassError> {
        static KNOWN: Mutex<Vec<&'static Row>> = Mutex::new(Vec::new());

        let is_name = name.len() <= Self::LONGEST_NAME
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !is_name {
            return Err(OwnClassError::Name);
        }
        if DataClass::ALL.iter().any(|class| class.name() == name) {
            return Err(OwnClassError::Taken);
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = known
            .iter()
            .find(|row| row.name == name && row.tier == tier)
        {
            return Ok(Self(row));
        }
        if known.len() == Self::MOST {
            return Err(OwnClassError::TooMany);
        }
        let row = Box::leak(Box::new(Row {
            name: Box::leak(name.into()),
            category: "user",
            tier,
            evidence: Evidence::Value,
            what: "A class of your own configuration",
        }));
        known.push(row);
        Ok(Self(row))
    }

    const fn key(self) -> (&'static str, Tier) {
        (self.0.name, self.0.tier)
    }
}

impl fmt::Debug for OwnClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl PartialEq for OwnClass {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for OwnClass {}

impl PartialOrd for OwnClass {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OwnClass {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for OwnClass {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

macro_rules! catalogue {
    ($($variant:ident = $name:literal, $category:literal, $tier:ident, $evidence:ident, $what:literal;)+) => {
        /// A kind of personal data. Ordered as the catalogue lists them, those of a configuration
        /// last; serialised by its name (`EMAIL_ADDRESS`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DataClass {
            $(#[doc = concat!($what, ": `", $name, "`, `", $category, "`.")] $variant,)+
            /// A class that a configuration declares.
            Own(OwnClass),
        }

        impl DataClass {
            /// Every class of the catalogue, in its order.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            const fn row(self) -> &'static Row {
                match self {
                    $(Self::$variant => &Row {
                        name: $name,
                        category: $category,
                        tier: Tier::$tier,
                        evidence: Evidence::$evidence,
                        what: $what,
                    },)+
                    Self::Own(own) => own.0,
                }
            }
        }
    };
}

struct Row {
    name: &'static str,
    category: &'static str,
    tier: Tier,
    evidence: Evidence,
    what: &'static str,
}

impl DataClass {
    /// The class's name, as in findings, policies and reports: `EMAIL_ADDRESS`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The fideslang data category, such as `user.contact.email`.
    pub const fn category(self) -> &'static str {
        self.row().category
    }

    /// How grave it is when a value of this class gets out.
    pub const fn tier(self) -> Tier {
        self.row().tier
    }

    /// What it takes to believe a value of this class.
    pub const fn evidence(self) -> Evidence {
        self.row().evidence
    }

    /// One line that says what the class is.
    pub const fn description(self) -> &'static str {
        self.row().what
    }

    /// A class of one's own: `LOYALTY_CARD`.
    ///
    /// # Errors
    ///
    /// When the name is not made of capitals, digits and underscores, or belongs to the catalogue.
    pub fn own(name: &str, tier: Tier) -> Result<Self, OwnClassError> {
        OwnClass::of(name, tier).map(Self::Own)
    }

    /// For `#[serde(serialize_with)]` where a class is shown, its tier beside it, and not kept.
    ///
    /// # Errors
    ///
    /// Those of `serializer`.
    pub fn serialize_name<S: serde::Serializer>(
        class: &Self,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(class.name())
    }

    /// Whether a configuration declares it, and not the catalogue.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// The name as it is kept, which is how serde writes it: that of a class of one's own with its
    /// tier (`LOYALTY_CARD:confidential`), so that it is understood where the configuration is not
    /// at hand. [`FromStr`] reads it.
    pub fn stored_name(self) -> Cow<'static, str> {
        match self {
            Self::Own(_) => Cow::Owned(format!("{}:{}", self.name(), self.tier())),
            _ => Cow::Borrowed(self.name()),
        }
    }
}

impl fmt::Display for DataClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DataClass {
    type Err = UnknownDataClass;

    fn from_str(name: &str) -> Result<Self, UnknownDataClass> {
        if let Some((name, tier)) = name.split_once(':') {
            let tier = tier.parse().map_err(|_| UnknownDataClass)?;
            return Self::own(name, tier).map_err(|_| UnknownDataClass);
        }
        Self::ALL
            .into_iter()
            .find(|class| class.name() == name)
            .ok_or(UnknownDataClass)
    }
}

impl serde::Serialize for DataClass {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.stored_name())
    }
}

impl<'de> serde::Deserialize<'de> for DataClass {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByName;

        impl serde::de::Visitor<'_> for ByName {
            type Value = DataClass;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a data class, such as EMAIL_ADDRESS")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<DataClass, E> {
                name.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(ByName)
    }
}

catalogue! {
    EmailAddress = "EMAIL_ADDRESS", "user.contact.email", Confidential, Value, "An e-mail address";
    PhoneNumber = "PHONE_NUMBER", "user.contact.phone_number", Confidential, Check, "A telephone number";
    PersonName = "PERSON_NAME", "user.name", Confidential, Field, "A person's name, or a part of it";
    StreetAddress = "STREET_ADDRESS", "user.contact.address.street", Confidential, Field, "The street part of a postal address";
    City = "CITY", "user.contact.address.city", Internal, Field, "The town of a postal address";
    PostalCode = "POSTAL_CODE", "user.contact.address.postal_code", Internal, CheckAndField, "A postal or ZIP code";
    DateOfBirth = "DATE_OF_BIRTH", "user.demographic.date_of_birth", Confidential, Field, "A date of birth, or its year, month or day";
    Age = "AGE", "user.demographic.age_range", Internal, Field, "An age in years";
    Gender = "GENDER", "user.demographic.gender", Confidential, Field, "A gender or sex";
    Nationality = "NATIONALITY", "user.demographic.race_ethnicity", Restricted, Field, "A nationality, ethnicity or race";
    Religion = "RELIGION", "user.demographic.religious_belief", Restricted, Field, "A religion or faith";
    PoliticalOpinion = "POLITICAL_OPINION", "user.demographic.political_opinion", Restricted, Field, "A political party or opinion";
    SexualOrientation = "SEXUAL_ORIENTATION", "user.demographic.sexual_orientation", Restricted, Field, "A sexual orientation";
    MaritalStatus = "MARITAL_STATUS", "user.demographic.marital_status", Confidential, Field, "A marital status";
    HealthCondition = "HEALTH_CONDITION", "user.health_and_medical", Restricted, Field, "A diagnosis, allergy, medication, blood type or disability";
    MedicalRecordNumber = "MEDICAL_RECORD_NUMBER", "user.health_and_medical.record_id", Restricted, Field, "A medical record or patient number";
    UsHealthInsuranceMemberId = "US_HEALTH_INSURANCE_MEMBER_ID", "user.health_and_medical.insurance_beneficiary_id", Restricted, Field, "A health insurance member, subscriber, claim or policy number";
    Username = "USERNAME", "user.account.username", Internal, Field, "A login, handle or screen name of a person";
    Password = "PASSWORD", "user.authorization.password", Restricted, Field, "A password, passphrase, PIN or secret answer";
    Salary = "SALARY", "user.financial", Confidential, Field, "A salary, wage or income of a person";
    JobTitle = "JOB_TITLE", "user.job_title", Internal, Field, "A job title or position of a person";
    CreditCard = "CREDIT_CARD", "user.financial.credit_card", Restricted, Check, "A payment card number";
    CreditCardExpiration = "CREDIT_CARD_EXPIRATION", "user.financial.credit_card", Restricted, CheckAndField, "A payment card's expiry";
    CreditCardSecurityCode = "CREDIT_CARD_SECURITY_CODE", "user.financial.credit_card", Restricted, CheckAndField, "A payment card's security code (CVV, CVC, CID)";
    IbanCode = "IBAN_CODE", "user.financial.bank_account", Confidential, Check, "An international bank account number";
    UsBankNumber = "US_BANK_NUMBER", "user.financial.bank_account", Confidential, CheckAndField, "A United States bank account number";
    AbaRoutingNumber = "ABA_ROUTING_NUMBER", "user.financial.bank_account", Internal, CheckAndField, "A United States bank routing number (ABA)";
    UkBankAccount = "UK_BANK_ACCOUNT", "user.financial.bank_account", Confidential, CheckAndField, "A United Kingdom sort code with an account number";
    SwiftCode = "SWIFT_CODE", "user.financial.bank_account", Internal, CheckAndField, "A bank identifier code (SWIFT, BIC)";
    Crypto = "CRYPTO", "user.financial.bank_account", Confidential, Check, "A cryptocurrency wallet address";
    UsSsn = "US_SSN", "user.government_id.national_identification_number", Restricted, Check, "A United States social security number";
    UsItin = "US_ITIN", "user.government_id.national_identification_number", Restricted, Check, "A United States individual taxpayer identification number";
    UsEin = "US_EIN", "user.workplace", Internal, CheckAndField, "A United States employer identification number";
    UsPassport = "US_PASSPORT", "user.government_id.passport_number", Restricted, CheckAndField, "A United States passport number";
    Passport = "PASSPORT", "user.government_id.passport_number", Restricted, CheckAndField, "A passport number or machine-readable line of any other country";
    DriverLicense = "DRIVER_LICENSE", "user.government_id.drivers_license_number", Restricted, CheckAndField, "A driving licence number";
    NationalId = "NATIONAL_ID", "user.government_id.national_identification_number", Restricted, Field, "A national id number that fits no country class";
    UsNpi = "US_NPI", "user.workplace", Internal, CheckAndField, "A United States national provider identifier";
    UsDea = "US_DEA", "user.health_and_medical", Restricted, CheckAndField, "A United States DEA registration number";
    UsMbi = "US_MBI", "user.health_and_medical.insurance_beneficiary_id", Restricted, Check, "A United States Medicare beneficiary identifier";
    UkNino = "UK_NINO", "user.government_id.national_identification_number", Restricted, Check, "A United Kingdom national insurance number";
    UkNhs = "UK_NHS", "user.health_and_medical.record_id", Restricted, CheckAndField, "A United Kingdom NHS number";
    UkUtr = "UK_UTR", "user.government_id.national_identification_number", Restricted, CheckAndField, "A United Kingdom unique taxpayer reference";
    CaSin = "CA_SIN", "user.government_id.national_identification_number", Restricted, Check, "A Canadian social insurance number";
    AuTfn = "AU_TFN", "user.government_id.national_identification_number", Restricted, CheckAndField, "An Australian tax file number";
    AuMedicare = "AU_MEDICARE", "user.health_and_medical.insurance_beneficiary_id", Restricted, CheckAndField, "An Australian Medicare number";
    AuAbn = "AU_ABN", "user.workplace", Internal, CheckAndField, "An Australian business number";
    NzIrd = "NZ_IRD", "user.government_id.national_identification_number", Restricted, CheckAndField, "A New Zealand IRD number";
    DeTaxId = "DE_TAX_ID", "user.government_id.national_identification_number", Restricted, CheckAndField, "A German tax identification number";
    DeIdCard = "DE_ID_CARD", "user.government_id.national_identification_number", Restricted, CheckAndField, "A German identity card number";
    FrNir = "FR_NIR", "user.government_id.national_identification_number", Restricted, Check, "A French social security number (NIR)";
    FrSpi = "FR_SPI", "user.government_id.national_identification_number", Restricted, CheckAndField, "A French tax number (SPI)";
    EsNif = "ES_NIF", "user.government_id.national_identification_number", Restricted, Check, "A Spanish tax number of a citizen (NIF, DNI)";
    EsNie = "ES_NIE", "user.government_id.national_identification_number", Restricted, Check, "A Spanish identity number of a foreigner (NIE)";
    ItFiscalCode = "IT_FISCAL_CODE", "user.government_id.national_identification_number", Restricted, Check, "An Italian fiscal code";
    NlBsn = "NL_BSN", "user.government_id.national_identification_number", Restricted, CheckAndField, "A Dutch citizen service number";
    BeNrn = "BE_NRN", "user.government_id.national_identification_number", Restricted, Check, "A Belgian national register number";
    PlPesel = "PL_PESEL", "user.government_id.national_identification_number", Restricted, Check, "A Polish PESEL number";
    PtNif = "PT_NIF", "user.government_id.national_identification_number", Restricted, CheckAndField, "A Portuguese tax number";
    SePersonnummer = "SE_PERSONNUMMER", "user.government_id.national_identification_number", Restricted, Check, "A Swedish personal identity number";
    DkCpr = "DK_CPR", "user.government_id.national_identification_number", Restricted, CheckAndField, "A Danish CPR number";
    NoFodselsnummer = "NO_FODSELSNUMMER", "user.government_id.national_identification_number", Restricted, Check, "A Norwegian birth number";
    FiPersonalIdentityCode = "FI_PERSONAL_IDENTITY_CODE", "user.government_id.national_identification_number", Restricted, Check, "A Finnish personal identity code";
    ChAhv = "CH_AHV", "user.government_id.national_identification_number", Restricted, Check, "A Swiss AHV/AVS number";
    TrNationalId = "TR_NATIONAL_ID", "user.government_id.national_identification_number", Restricted, CheckAndField, "A Turkish national identification number";
    InAadhaar = "IN_AADHAAR", "user.government_id.national_identification_number", Restricted, CheckAndField, "An Indian Aadhaar number";
    InPan = "IN_PAN", "user.government_id.national_identification_number", Restricted, Check, "An Indian permanent account number";
    BrCpf = "BR_CPF", "user.government_id.national_identification_number", Restricted, Check, "A Brazilian individual taxpayer number (CPF)";
    BrCnpj = "BR_CNPJ", "user.workplace", Internal, Check, "A Brazilian company number (CNPJ)";
    MxCurp = "MX_CURP", "user.government_id.national_identification_number", Restricted, Check, "A Mexican CURP";
    ClRut = "CL_RUT", "user.government_id.national_identification_number", Restricted, CheckAndField, "A Chilean RUT";
    ZaIdNumber = "ZA_ID_NUMBER", "user.government_id.national_identification_number", Restricted, Check, "A South African identity number";
    SgNricFin = "SG_NRIC_FIN", "user.government_id.national_identification_number", Restricted, Check, "A Singaporean NRIC or FIN";
    KrRrn = "KR_RRN", "user.government_id.national_identification_number", Restricted, Check, "A South Korean resident registration number";
    JpMyNumber = "JP_MY_NUMBER", "user.government_id.national_identification_number", Restricted, CheckAndField, "A Japanese individual number";
    CnResidentId = "CN_RESIDENT_ID", "user.government_id.national_identification_number", Restricted, Check, "A Chinese resident identity number";
    ThTnin = "TH_TNIN", "user.government_id.national_identification_number", Restricted, CheckAndField, "A Thai identification number";
    IpAddress = "IP_ADDRESS", "user.device.ip_address", Internal, Value, "An IPv4 or IPv6 address";
    MacAddress = "MAC_ADDRESS", "user.device.device_id", Internal, Value, "A network interface's hardware address";
    Imei = "IMEI", "user.device.device_id", Internal, CheckAndField, "A mobile device's IMEI";
    DeviceId = "DEVICE_ID", "user.device.device_id", Internal, Field, "A device, advertising, push or installation id";
    CookieId = "COOKIE_ID", "user.device.cookie_id", Internal, Field, "A session or cookie id";
    GeoCoordinates = "GEO_COORDINATES", "user.location.precise", Confidential, CheckAndField, "A precise position: latitude and longitude";
    Vin = "VIN", "user.government_id.vehicle_registration", Internal, Check, "A vehicle identification number";
    LicensePlate = "LICENSE_PLATE", "user.government_id.vehicle_registration", Internal, Field, "A vehicle's number plate";
    CustomerId = "CUSTOMER_ID", "user.unique_id", Internal, Field, "An id of a customer, user, subscriber, patient or employee";
    Biometric = "BIOMETRIC", "user.biometric", Restricted, Field, "A fingerprint, face or voice template";
    AwsAccessKey = "AWS_ACCESS_KEY", "user.authorization.credentials", Restricted, Value, "An AWS access key id";
    AwsSecretKey = "AWS_SECRET_KEY", "user.authorization.credentials", Restricted, CheckAndField, "An AWS secret access key";
    PrivateKey = "PRIVATE_KEY", "user.authorization.credentials", Restricted, Value, "A private key in PEM, OpenSSH, PGP or PuTTY form";
    Jwt = "JWT", "user.authorization.credentials", Restricted, Value, "A JSON web token";
    ApiToken = "API_TOKEN", "user.authorization.credentials", Restricted, Value, "An API token of a known provider";
    AuthHeader = "AUTH_HEADER", "user.authorization.credentials", Restricted, Value, "Credentials in an authorization header or a URL";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_known_by_its_name_everywhere() {
        for class in DataClass::ALL {
            assert_eq!(class.name().parse(), Ok(class));
            let json = serde_json::to_string(&class).unwrap();
            assert_eq!(json, format!("\"{}\"", class.name()));
            assert_eq!(serde_json::from_str::<DataClass>(&json).unwrap(), class);
        }
        assert!("EMAIL".parse::<DataClass>().is_err());
    }

    #[test]
    fn a_class_of_ones_own_is_kept_with_its_tier_and_shown_by_its_name() {
        let card = DataClass::own("LOYALTY_CARD", Tier::Confidential).unwrap();
        assert_eq!(card.stored_name(), "LOYALTY_CARD:confidential");
        assert_eq!(card.stored_name().parse(), Ok(card));
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<DataClass>(&json).unwrap(), card);
        assert_eq!(
            (card.name(), card.tier()),
            ("LOYALTY_CARD", Tier::Confidential)
        );
        assert!(card > DataClass::AuthHeader);
        assert!("LOYALTY_CARD".parse::<DataClass>().is_err());
        assert!("LOYALTY_CARD:secret".parse::<DataClass>().is_err());
    }

    #[test]
    fn a_class_of_ones_own_is_named_as_classes_are() {
        for name in ["", "loyalty", "9LIVES", "A-B", "A B", "É", &"A".repeat(65)] {
            assert_eq!(
                DataClass::own(name, Tier::Internal),
                Err(OwnClassError::Name)
            );
        }
        assert_eq!(
            DataClass::own("CITY", Tier::Internal),
            Err(OwnClassError::Taken)
        );
    }

    #[test]
    fn the_documentation_lists_the_catalogue() {
        let rows = DataClass::ALL.map(|class| {
            let (tier, evidence) = (class.tier(), class.evidence().name());
            format!(
                "| `{class}` | `{}` | {tier} | {evidence} | {} |\n",
                class.category(),
                class.description()
            )
        });
        let head = "| class | category | tier | evidence | what |\n|---|---|---|---|---|\n";
        let page = head.to_owned() + &rows.concat();
        assert_eq!(
            include_str!("catalogue.md"),
            page,
            "write this to catalogue.md"
        );
    }

    /// Classes of the design that have no detector yet.
    const NOT_YET: [&str; 1] = ["SECRET"];

    #[test]
    fn the_table_is_the_catalogue_of_the_design() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/CATALOGUE.tsv");
        let Ok(catalogue) = std::fs::read_to_string(path) else {
            eprintln!("skipped: ../shared/CATALOGUE.tsv is not here to compare with");
            return;
        };
        let listed = catalogue
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .filter(|line| {
                !NOT_YET
                    .iter()
                    .any(|class| line.split('\t').next() == Some(class))
            })
            .map(|line| line.split('\t').take(4).collect::<Vec<_>>().join("\t"))
            .collect::<Vec<_>>();
        let declared = DataClass::ALL.map(|class| {
            let (tier, evidence) = (class.tier().name(), class.evidence().name());
            format!("{class}\t{}\t{tier}\t{evidence}", class.category())
        });
        assert_eq!(declared.to_vec(), listed);
        for class in NOT_YET {
            assert!(
                class.parse::<DataClass>().is_err(),
                "{class} has a detector now"
            );
        }
    }
}
