//! The domain of Piitrail.
