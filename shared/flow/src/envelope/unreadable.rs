//! Records that could not be read, and the reasons.

use crate::delivery::Arrival;

piitrail_detect::listed! {
    /// The reason why a record could not be read.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum Reason {
        /// The record begins like JSON but is not valid JSON, or it is cut off.
        NotJson,
        /// The bytes are not UTF-8.
        NotUtf8,
        /// A field that its envelope must have is missing or has another type.
        WrongForm,
        /// The envelope says that the data is base64, but it is not.
        BadBase64,
        /// The envelope says that the data is gzip, but it is not.
        BadGzip,
        /// The record unpacks to more than [`UNPACKED_MAX`](super::UNPACKED_MAX) or
        /// [`RECORD_MAX`](super::RECORD_MAX), or is a list of more than
        /// [`RECORDS_MAX`](super::RECORDS_MAX).
        TooLarge,
        /// The record is empty.
        Empty,
    }
}

impl Reason {
    /// Returns the reason's name in coverage, metrics and responses.
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

    /// Returns the reason in words, for people.
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
    /// The arrival of the record, as far as it could be read.
    pub arrival: Arrival,
    /// The reason why the record could not be read.
    pub reason: Reason,
}
