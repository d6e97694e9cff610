//! The catalogue: one row for each class.

use super::own::OwnClass;
use super::{Evidence, Tier};

macro_rules! catalogue {
    ($($variant:ident = $name:literal, $category:literal, $tier:ident, $evidence:ident, $what:literal;)+) => {
        /// A kind of personal data. The order is that of the catalogue, then the classes of a
        /// configuration. Serialised by its name (`EMAIL_ADDRESS`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DataClass {
            $(#[doc = concat!($what, ": `", $name, "`, `", $category, "`.")] $variant,)+
            /// A class that a configuration declares.
            Own(OwnClass),
        }

        impl DataClass {
            /// Every class of the catalogue, in its order.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            pub(super) const fn row(self) -> &'static Row {
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

pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    pub(super) tier: Tier,
    pub(super) evidence: Evidence,
    pub(super) what: &'static str,
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
    Secret = "SECRET", "user.authorization.credentials", Restricted, Field, "A credential that only the name of its field or label identifies: a client secret, an access or refresh token, an API key";
    ApiToken = "API_TOKEN", "user.authorization.credentials", Restricted, Value, "An API token of a known provider";
    AuthHeader = "AUTH_HEADER", "user.authorization.credentials", Restricted, Value, "Credentials in an authorization header or a URL";
}
