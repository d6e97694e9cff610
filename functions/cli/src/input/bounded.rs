//! Reads small files as a whole, such as topologies, configurations and key files.
//!
//! Each has a size limit, so that a device or a log that was named by mistake does not fill the
//! memory.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::Failure;

/// The maximum size of a topology, in bytes.
pub(crate) const TOPOLOGY_MAX: u64 = 16 << 20;

/// The maximum size of a configuration, in bytes.
pub(crate) const CONFIGURATION_MAX: u64 = 1 << 20;

/// The maximum size of a file of subject keys, in bytes: far more than the largest number of keys
/// needs.
pub(crate) const KEYS_MAX: u64 = 64 << 10;

/// The maximum length of a line that names a person, in bytes. An e-mail address has at most 254
/// characters.
pub(crate) const IDENTIFIER_MAX: u64 = 4 << 10;

/// Reads a file of at most `most` bytes as text.
pub(crate) fn text_of(path: &Path, most: u64) -> Result<Zeroizing<String>, Failure> {
    let reading = |source| Failure::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(reading)?;
    read(file, most).map_err(reading)
}

/// Reads at most `most` bytes as text. More bytes are an error.
pub(crate) fn read(reader: impl Read, most: u64) -> io::Result<Zeroizing<String>> {
    // Allocated at full size, because a growing buffer would leave copies of a key in memory.
    let mut text = Zeroizing::new(String::new());
    if most <= KEYS_MAX {
        text.reserve_exact(usize::try_from(most + 1).unwrap_or_default());
    }
    reader.take(most + 1).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(text)
}

/// Reads the next line, of at most [`IDENTIFIER_MAX`] bytes.
pub(crate) fn read_line(reader: &mut impl BufRead) -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    reader.take(IDENTIFIER_MAX + 1).read_line(&mut line)?;
    if line.len() as u64 > IDENTIFIER_MAX {
        return Err(too_large(IDENTIFIER_MAX));
    }
    Ok(line)
}

fn too_large(most: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {most} bytes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_as_the_bound_is_read_and_more_is_refused() {
        assert_eq!(read(io::repeat(b'x').take(8), 8).unwrap().len(), 8);
        let refused = read(io::repeat(b'x'), 8).unwrap_err();
        assert!(refused.to_string().contains("larger than 8 bytes"));
    }
}
