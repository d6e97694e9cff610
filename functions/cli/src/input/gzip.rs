//! Decompresses gzip files with one or more members, and with the zeros that some programs fill the
//! last block with.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// Returns true if the bytes begin as gzip does (RFC 1952, section 2.3.1).
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// A reader of the members of a gzip file, decompressed one after the other. Zeros after a member
/// are skipped, as the program gzip does. Any other data there is an error, returned after
/// everything before it was read.
pub(super) struct Members<R> {
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(packed: R) -> Self {
        Self {
            member: Some(GzDecoder::new(packed)),
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            let count = member.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let Some(member) = self.member.take() else {
                break;
            };
            let mut packed = member.into_inner();
            if has_another_member(&mut packed)? {
                self.member = Some(GzDecoder::new(packed));
            }
        }
        Ok(0)
    }
}

fn has_another_member(packed: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let ahead = packed.fill_buf()?;
        match ahead.first() {
            None => return Ok(false),
            Some(0x1f) => return Ok(true),
            Some(0) => {
                let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
                packed.consume(zeros);
            }
            Some(_) => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the gzip data ends, and what follows it is not gzip",
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: &[u8]) -> (String, io::Result<usize>) {
        let mut text = String::new();
        let result = Members::new(bytes).read_to_string(&mut text);
        (text, result)
    }

    #[test]
    fn members_are_read_one_after_the_other_and_zeros_behind_them_are_skipped() {
        for file in [
            [packed("one"), packed("two")].concat(),
            [packed("one"), packed("two"), vec![0; 100_000]].concat(),
            [packed("one"), vec![0; 3], packed("two"), vec![0]].concat(),
        ] {
            let (text, result) = unpacked(&file);
            assert_eq!((text.as_str(), result.unwrap()), ("onetwo", 6));
        }
    }

    #[test]
    fn what_is_no_gzip_behind_a_member_is_an_error_after_what_was_read() {
        let file = [packed("one"), b"rubbish".to_vec()].concat();
        let mut text = [0; 3];
        let mut members = Members::new(file.as_slice());
        members.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"one");
        assert!(members.read(&mut text).is_err());
    }
}
