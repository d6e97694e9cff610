//! Bounds the cost of one reading. Each bound is far above real templates: CloudFormation accepts 1
//! MB and 500 resources, and the largest Terraform plans have some hundred thousand values.

/// The maximum size of a file, in bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;
/// The maximum number of values in all files of one reading, before anything is resolved.
pub const MAX_NODES: usize = 4_000_000;
/// The maximum nesting depth of values in a file. Aliases count: what an alias names is nested at
/// its place.
pub const MAX_NESTING: usize = 100;
/// The maximum length, in characters, of a key that is followed by a colon without a question mark
/// before it.
pub(crate) const MAX_KEY_CHARS: usize = 4096;
/// The maximum number of values that are made while a reading is resolved. An alias or a loop that
/// expands to more is cut off.
pub const MAX_VALUES: usize = 8_000_000;
/// The maximum number of bytes of text that are made while a reading is resolved.
pub const MAX_TEXT: usize = 512 * 1024 * 1024;
/// The maximum depth of recursion while resolving: nesting, conditions and nested stacks together.
pub const MAX_DEPTH: usize = 160;
/// The maximum number of stacks: the files and their nested stacks.
pub const MAX_STACKS: usize = 500;
/// The maximum number of notes that are kept. Further notes are only counted.
pub const MAX_NOTES: usize = 10_000;

/// A bound at which a reading leaves something out. The other bounds refuse a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`MAX_STACKS`].
    Stacks,
    /// [`MAX_NODES`], [`MAX_VALUES`] and [`MAX_TEXT`].
    Values,
    /// [`MAX_DEPTH`].
    Depth,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 3] = [Self::Stacks, Self::Values, Self::Depth];

    /// Returns what is limited, to be read after "the limit on".
    pub fn name(self) -> &'static str {
        match self {
            Self::Stacks => "stacks of one reading",
            Self::Values => "values of one reading",
            Self::Depth => "how deep values may refer to each other",
        }
    }

    /// Returns the consequence for the map, as a plain sentence.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Stacks => "Nothing of this file is on the map.",
            Self::Values => {
                "The values and resources that come after it are unknown or missing on the map."
            }
            Self::Depth => "The value at this place is unknown on the map.",
        }
    }
}
