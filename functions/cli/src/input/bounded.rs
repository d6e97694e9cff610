//! Reads the small files that are needed as a whole, up to a bound: a device or a log that was named
//! by mistake must not fill the memory.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::Failure;

/// The largest topology, in bytes.
pub(crate) const TOPOLOGY_MAX: u64 = 16 << 20;

/// The largest configuration, in bytes.
pub(crate) const CONFIGURATION_MAX: u64 = 1 << 20;

/// The largest file of subject keys, in bytes: far more than the most keys take.
pub(crate) const KEYS_MAX: u64 = 64 << 10;

/// The longest line that names a person, in bytes. An e-mail address has at most 254 characters.
pub(crate) const IDENTIFIER_MAX: u64 = 4 << 10;

/// The text of a file that has at most `most` bytes.
pub(crate) fn text_of(path: &Path, most: u64) -> Result<Zeroizing<String>, Failure> {
    let reading = |source| Failure::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(reading)?;
    read(file, most).map_err(reading)
}

/// The text of a reader that gives at most `most` bytes.
pub(crate) fn read(reader: impl Read, most: u64) -> io::Result<Zeroizing<String>> {
    // Of its full size from the beginning where it may hold keys: a buffer that grows leaves copies.
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

/// The next line, of at most [`IDENTIFIER_MAX`] bytes.
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
