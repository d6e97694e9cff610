//! The bounds on what one reading may cost. Each is far above real templates: CloudFormation accepts
//! 1 MB and 500 resources, and the largest Terraform plans have some hundred thousand values.

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;
/// The most values that the files of one reading may hold together, before anything is resolved.
pub const MAX_NODES: usize = 4_000_000;
/// How deep values may be nested in a file. Aliases count: what an alias names is nested where it stands.
pub const MAX_NESTING: usize = 100;
/// The longest key, in characters, that a colon may follow without a question mark before it.
pub(crate) const MAX_KEY_CHARS: usize = 4096;
/// The most values that are made while a reading is resolved. An alias or a loop that expands to
/// more is cut off.
pub const MAX_VALUES: usize = 8_000_000;
/// The most bytes of text that are made while a reading is resolved.
pub const MAX_TEXT: usize = 512 * 1024 * 1024;
/// How deep one resolution may call the next: nesting, conditions and nested stacks together.
pub const MAX_DEPTH: usize = 160;
/// The most stacks: the files and what they nest.
pub const MAX_STACKS: usize = 500;
/// The most notes that are kept; further ones are counted.
pub const MAX_NOTES: usize = 10_000;
