//! Decodes texts in UTF-16 and UTF-32, which are recognised by their byte order mark (Unicode 16,
//! section 23.8).

const LITTLE_16: [u8; 2] = [0xff, 0xfe];
const BIG_16: [u8; 2] = [0xfe, 0xff];
const LITTLE_32: [u8; 4] = [0xff, 0xfe, 0, 0];
const BIG_32: [u8; 4] = [0, 0, 0xfe, 0xff];

/// Returns true if bytes start with the mark of UTF-16 or UTF-32.
pub(crate) fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(&LITTLE_16) || bytes.starts_with(&BIG_16) || bytes.starts_with(&BIG_32)
}

/// Returns the text after the mark, or `None` if there is no mark. Invalid characters become
/// U+FFFD.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    // The mark of UTF-32 starts with that of UTF-16.
    if let Some(rest) = bytes.strip_prefix(&LITTLE_32) {
        Some(of_32(rest, u32::from_le_bytes))
    } else if let Some(rest) = bytes.strip_prefix(&BIG_32) {
        Some(of_32(rest, u32::from_be_bytes))
    } else if let Some(rest) = bytes.strip_prefix(&LITTLE_16) {
        Some(of_16(rest, u16::from_le_bytes))
    } else {
        let rest = bytes.strip_prefix(&BIG_16)?;
        Some(of_16(rest, u16::from_be_bytes))
    }
}

fn of_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn of_32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let (fours, _) = bytes.as_chunks();
    let characters = fours.iter().map(|four| char::from_u32(unit(*four)));
    characters
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_read() {
        let text = "é{\"a\":1}𝄞";
        let units: Vec<u16> = text.encode_utf16().collect();
        let points: Vec<u32> = text.chars().map(u32::from).collect();
        let little = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
        for bytes in [
            little(
                &LITTLE_16,
                units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            ),
            little(
                &BIG_16,
                units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            ),
            little(
                &LITTLE_32,
                points
                    .iter()
                    .flat_map(|point| point.to_le_bytes())
                    .collect(),
            ),
            little(
                &BIG_32,
                points
                    .iter()
                    .flat_map(|point| point.to_be_bytes())
                    .collect(),
            ),
        ] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
        assert_eq!(decode(text.as_bytes()), None);
        assert_eq!(decode(&[0xff, 0xfe, 0, 0xd8]).unwrap(), "\u{fffd}");
    }
}
