//! Records that could not be read, and why.

use crate::delivery::Arrival;

piitrail_detect::listed! {
    /// Why a record could not be read.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum Reason {
        /// It begins like JSON and is not valid JSON, or it is cut off.
        NotJson,
        /// Its bytes are not UTF-8.
        NotUtf8,
        /// A field that its envelope must have is missing or has another type.
        WrongForm,
        /// Its envelope says that its data is base64, and it is not.
        BadBase64,
        /// Its envelope says that its data is gzip, and it is not.
        BadGzip,
        /// It unpacks to more than [`UNPACKED_MAX`](super::UNPACKED_MAX) or
        /// [`RECORD_MAX`](super::RECORD_MAX), or is a list of more than
        /// [`RECORDS_MAX`](super::RECORDS_MAX).
        TooLarge,
        /// It is empty.
        Empty,
    }
}

impl Reason {
    /// The reason's name in coverage, metrics and responses.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotUtf8 => "not_utf8",
            Self::WrongForm => "wrong_form",
            Self::BadBase64 => "bad_base64",
            Self::BadGzip => "bad_gzip",
            Self::TooLarge => "too_large",
            Self::Empty => "empty",
        }
    }

    /// The reason in words, for people.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::NotJson => "not JSON, or cut off",
            Self::NotUtf8 => "not UTF-8",
            Self::WrongForm => "lacks a field its envelope must have, or has it with another type",
            Self::BadBase64 => "data is not valid base64",
            Self::BadGzip => "data is not valid gzip",
            Self::TooLarge => {
                "larger than a limit for reading: unpacked size, size or number of the records inside"
            }
            Self::Empty => "contains no record",
        }
    }
}

/// A record that could not be read.
pub struct Unreadable {
    /// How it arrived, as far as that could be read.
    pub arrival: Arrival,
    /// Why it could not be read.
    pub reason: Reason,
}
