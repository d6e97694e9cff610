//! Compares numbers as AWS's engine does: as 64-bit floating point, if that loses nothing.
//!
//! A number can be compared if its exact decimal value is the one as which the nearest double is
//! written: every number of up to 15 digits, and some longer ones. A number that cannot (an integer
//! of 20 digits, 1e400) is not an error in an event or as an exact value; it is then compared by
//! its spelling. Inside `numeric` and `anything-but` it is an error.

/// A number in an order-preserving form: the bits of a double, changed so that they sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(u64);

/// The number of digits up to which decimals survive conversion to a double and back (IEEE 754:
/// `DBL_DIG`).
const SAFE_DIGITS: usize = f64::DIGITS as usize;

impl Number {
    pub(crate) const MIN: Self = Self::sortable(f64::MIN);
    pub(crate) const MAX: Self = Self::sortable(f64::MAX);

    /// Parses a JSON number. Returns `None` if it cannot be compared as a number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let double: f64 = text.parse().ok()?;
        if !double.is_finite() {
            return None;
        }
        // The common case, without counting digits one by one.
        if text.len() <= SAFE_DIGITS && double.is_normal() {
            return Some(Self::sortable(double));
        }
        let decimal = Decimal::parse(text)?;
        if double == 0.0 {
            // A number that is too small for a double is not zero.
            return decimal.digits.is_empty().then_some(Self::sortable(0.0));
        }
        let is_safe = decimal.digits.len() <= SAFE_DIGITS && double.is_normal();
        if !is_safe && Decimal::parse(&format!("{double:e}"))? != decimal {
            return None;
        }
        Some(Self::sortable(double))
    }

    const fn sortable(double: f64) -> Self {
        let bits = double.to_bits();
        let sign = 1 << 63;
        Self(if bits & sign == 0 { bits | sign } else { !bits })
    }

    /// Returns the greatest number below this one.
    pub(crate) fn before(self) -> Self {
        Self(self.0 - 1)
    }

    /// Returns the least number above this one.
    pub(crate) fn after(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The value of a decimal: significant digits without zeros at either end, and the power of ten of
/// the last digit.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, i64::from(exponent.parse::<i32>().ok()?)),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole
            .bytes()
            .chain(fraction.bytes())
            .skip_while(|&digit| digit == b'0')
            .collect();
        let significant = digits
            .iter()
            .rposition(|&digit| digit != b'0')
            .map_or(0, |last| last + 1);
        let zeros = digits.len() - significant;
        digits.truncate(significant);
        let exponent =
            exponent - i64::try_from(fraction.len()).ok()? + i64::try_from(zeros).ok()?;
        Some(Self {
            negative: unsigned.len() != text.len() && !digits.is_empty(),
            exponent: if digits.is_empty() { 0 } else { exponent },
            digits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_equal() {
        let three_hundred = Number::parse("300");
        assert!(three_hundred.is_some());
        for spelled in [
            "300.0",
            "3.0e2",
            "3E+2",
            "30000e-2",
            "300.000000000000000000000",
        ] {
            assert_eq!(Number::parse(spelled), three_hundred, "{spelled}");
        }
        for zero in ["0", "-0", "0.0", "0e999", "-0.0e-999"] {
            assert_eq!(Number::parse(zero), Some(Number::sortable(0.0)), "{zero}");
        }
    }

    #[test]
    fn numbers_sort() {
        let sorted = [
            "-1.7976931348623157e308",
            "-5e9",
            "-301.8",
            "-1e-7",
            "0",
            "1e-300",
            "0.1",
            "99.999999",
            "1099.9999990000001",
            "5000000000",
            "5000000001.0",
            "1e300",
        ];
        let numbers: Vec<_> = sorted
            .iter()
            .map(|text| Number::parse(text).unwrap())
            .collect();
        assert!(numbers.is_sorted());
        assert_eq!(numbers[0], Number::MIN);
    }

    #[test]
    fn a_number_that_a_double_rounds_cannot_be_compared() {
        for text in [
            "12345678901234567890",
            "37.807807921694092",
            "9007199254740993",
            "1e400",
            "-1e400",
            "1e-400",
            "1e99999999999",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        assert!(Number::parse("9007199254740992").is_some());
        assert!(Number::parse("37.80780792169409").is_some());
        assert!(Number::parse("100000000000000000000").is_some());
        assert_eq!(Number::parse(&"9".repeat(100_000)), None);
    }
}
