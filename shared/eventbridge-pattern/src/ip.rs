//! Parses addresses and address ranges as AWS's engine does.
//!
//! It accepts both less and more than the standard library: dotted IPv4 inside IPv6 is not an
//! address, leading zeros are accepted, and an IPv4-mapped IPv6 address *is* the IPv4 address.

/// An address, left-aligned in 128 bits, with its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    V4(u32),
    V6(u128),
}

impl Address {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        if text.contains(&b':') {
            parse_v6(text)
        } else {
            parse_v4(text).map(Self::V4)
        }
    }
}

fn parse_v4(text: &[u8]) -> Option<u32> {
    // This is longer than any dotted quad without needless zeros. The engine's parser refuses it.
    if text.len() > 15 {
        return None;
    }
    let mut parts = text.split(|&byte| byte == b'.');
    let mut address = 0;
    for _ in 0..4 {
        address = address << 8 | number(parts.next()?, 10, 0xff)?;
    }
    parts.next().is_none().then_some(address)
}

/// Parses digits, which may have leading zeros.
fn number(digits: &[u8], radix: u32, most: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |number, &digit| {
        let number = number * radix + char::from(digit).to_digit(radix)?;
        (number <= most).then_some(number)
    })
}

fn parse_v6(text: &[u8]) -> Option<Address> {
    let gap = text.windows(2).position(|pair| pair == b"::");
    let address = match gap {
        None => {
            let (groups, bits) = groups(text)?;
            (groups == 8).then_some(bits)?
        }
        Some(gap) => {
            let (before, head) = groups(&text[..gap])?;
            let (after, tail) = groups(&text[gap + 2..])?;
            if before + after > 7 {
                return None;
            }
            // If nothing stands before the gap, the shift would be 128 bits, which has no result;
            // zero is right.
            head.checked_shl(16 * (8 - before)).unwrap_or(0) | tail
        }
    };
    if address >> 32 == 0xffff {
        return u32::try_from(address & 0xffff_ffff).ok().map(Address::V4);
    }
    Some(Address::V6(address))
}

/// Parses up to eight groups of hexadecimal digits between single colons. Returns their number and
/// bits.
fn groups(text: &[u8]) -> Option<(u32, u128)> {
    if text.is_empty() {
        return Some((0, 0));
    }
    let mut count = 0;
    let mut bits = 0;
    for group in text.split(|&byte| byte == b':') {
        if count == 8 {
            return None;
        }
        bits = bits << 16 | u128::from(number(group, 16, 0xffff)?);
        count += 1;
    }
    Some((count, bits))
}

/// An inclusive range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AddressRange {
    V4(u32, u32),
    V6(u128, u128),
}

/// The reason a text is not an address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RangeFault {
    Slash,
    Address,
    Mask,
}

impl AddressRange {
    /// Returns the range of one address.
    pub(crate) fn single(address: Address) -> Self {
        match address {
            Address::V4(bits) => Self::V4(bits, bits),
            Address::V6(bits) => Self::V6(bits, bits),
        }
    }

    /// Parses `address/mask`. The engine accepts masks up to 31 and 127; a single address is an
    /// exact value instead.
    pub(crate) fn parse_cidr(text: &str) -> Result<Self, RangeFault> {
        // A trailing slash is ignored.
        let trimmed = text.trim_end_matches('/');
        let (address, mask) = trimmed.split_once('/').ok_or(RangeFault::Slash)?;
        if mask.contains('/') {
            return Err(RangeFault::Slash);
        }
        let mask: u32 = mask.parse().map_err(|_| RangeFault::Mask)?;
        match Address::parse(address.as_bytes()).ok_or(RangeFault::Address)? {
            Address::V4(bits) if mask < 32 => {
                let variable = u32::MAX >> mask;
                Ok(Self::V4(bits & !variable, bits | variable))
            }
            Address::V6(bits) if mask < 128 => {
                let variable = u128::MAX >> mask;
                Ok(Self::V6(bits & !variable, bits | variable))
            }
            _ => Err(RangeFault::Mask),
        }
    }

    /// Returns the IPv4 addresses that the range contains.
    ///
    /// The engine compares hexadecimal digits from the left and decides at the first digit that
    /// allows it, so a range of one width also contains addresses of the other: a longer address by
    /// its leading digits, a shorter one only if they lie strictly inside the range.
    pub(crate) fn of_v4(self) -> Option<(u32, u32)> {
        match self {
            Self::V4(low, high) => Some((low, high)),
            Self::V6(low, high) => {
                let low = leading(low).checked_add(1)?;
                let high = leading(high).checked_sub(1)?;
                (low <= high).then_some((low, high))
            }
        }
    }

    /// Returns the IPv6 addresses that the range contains.
    pub(crate) fn of_v6(self) -> (u128, u128) {
        match self {
            Self::V4(low, high) => (
                u128::from(low) << 96,
                u128::from(high) << 96 | u128::MAX >> 32,
            ),
            Self::V6(low, high) => (low, high),
        }
    }

    /// Returns true if the digits of a number, read as hexadecimal, lie in the range as far as they
    /// go.
    pub(crate) fn contains_digits(self, number: &str) -> bool {
        let (low, high) = match self {
            Self::V4(low, high) => (format!("{low:08X}"), format!("{high:08X}")),
            Self::V6(low, high) => (format!("{low:032X}"), format!("{high:032X}")),
        };
        let digits = number.as_bytes();
        let differs = |bound: &str| {
            let both = digits.iter().copied().zip(bound.bytes());
            both.enumerate().find(|(_, (digit, bound))| digit != bound)
        };
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
        let above = match differs(&low) {
            Some((_, (digit, bound))) => is_digit(digit) && digit > bound,
            None => digits.len() >= low.len(),
        };
        let below = match differs(&high) {
            Some((_, (digit, bound))) => is_digit(digit) && digit < bound,
            None => digits.len() >= high.len(),
        };
        above && below
    }

    pub(crate) fn contains(self, address: Address) -> bool {
        match address {
            Address::V4(bits) => self
                .of_v4()
                .is_some_and(|(low, high)| (low..=high).contains(&bits)),
            Address::V6(bits) => {
                let (low, high) = self.of_v6();
                (low..=high).contains(&bits)
            }
        }
    }
}

fn leading(bits: u128) -> u32 {
    (bits >> 96) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(text: &str) -> Option<Address> {
        let address: std::net::Ipv4Addr = text.parse().ok()?;
        Some(Address::V4(address.to_bits()))
    }

    fn v6(text: &str) -> Option<Address> {
        let address: std::net::Ipv6Addr = text.parse().ok()?;
        Some(Address::V6(address.to_bits()))
    }

    #[test]
    fn addresses_are_read() {
        for text in ["10.0.0.7", "0.0.0.0", "255.255.255.255"] {
            assert_eq!(Address::parse(text.as_bytes()), v4(text), "{text}");
        }
        for text in [
            "::",
            "::1",
            "2001:db8::1",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "fe80::",
            "AB::cd",
        ] {
            assert_eq!(Address::parse(text.as_bytes()), v6(text), "{text}");
        }
    }

    #[test]
    fn leading_zeros_are_decimal_and_hexadecimal() {
        assert_eq!(Address::parse(b"010.000.0.7"), v4("10.0.0.7"));
        assert_eq!(Address::parse(b"00001::0002"), v6("1::2"));
    }

    #[test]
    fn a_mapped_address_is_the_ipv4_address() {
        assert_eq!(Address::parse(b"::ffff:0a00:0007"), v4("10.0.0.7"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "1",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "1.2.3.",
            " 1.2.3.4",
            "0000000010.0.0.1",
            ":",
            ":::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:",
            ":1:2:3:4:5:6:7",
            "1::2::3",
            "12345::",
            "::g",
            "::1.2.3.4",
            "::ffff:1.2.3.4",
            "fe80::1%eth0",
        ] {
            assert_eq!(Address::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_range_is_the_network_of_its_address() {
        let range = AddressRange::parse_cidr("10.1.2.3/8").unwrap();
        assert!(range.contains(v4("10.0.0.0").unwrap()));
        assert!(range.contains(v4("10.255.255.255").unwrap()));
        assert!(!range.contains(v4("11.0.0.0").unwrap()));
        let range = AddressRange::parse_cidr("2001:db8::/32").unwrap();
        assert!(range.contains(v6("2001:db8:ffff::9").unwrap()));
        assert!(!range.contains(v6("2001:db9::").unwrap()));
    }

    #[test]
    fn bad_ranges_say_what_is_bad() {
        for (text, fault) in [
            ("10.0.0.0", RangeFault::Slash),
            ("10.0.0.0/8/9", RangeFault::Slash),
            ("10.0.0.0/32", RangeFault::Mask),
            ("10.0.0.0/-1", RangeFault::Mask),
            ("10.0.0.0/x", RangeFault::Mask),
            ("::/128", RangeFault::Mask),
            ("10.0.0/8", RangeFault::Address),
            ("/8", RangeFault::Address),
        ] {
            assert_eq!(AddressRange::parse_cidr(text), Err(fault), "{text}");
        }
    }
}
