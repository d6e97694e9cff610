//! The calendar: checks that a day exists, and that a living person can have been born on it.
//!
//! Source: ISO 8601 (proleptic Gregorian calendar). National numbers contain a birth date, and a
//! date that does not exist refutes them. "Today" is always an argument: a clock read here would
//! give the same input different findings on different days.

/// A day that exists, in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Returns the day if the calendar has it: the 29th of February only in leap years.
    pub(crate) const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        if day == 0 || day > days_in_month(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// Returns true if a living person can have it as a date of birth: from 1900 to `today`. The
    /// oldest person ever documented reached 122, and registers fill unknown dates with 1900.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "the authority defines it; detection does not ask for it"
        )
    )]
    pub(crate) fn is_birth_date(self, today: Self) -> bool {
        self.year >= 1900 && self <= today
    }

    /// Reads `1985-07-30` or `19850730`.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "the authority defines it; detection does not ask for it"
        )
    )]
    pub(crate) fn from_iso(characters: &[u8]) -> Option<Self> {
        let (year, month, day) = match characters {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] | [y1, y2, y3, y4, m1, m2, d1, d2] => {
                ([*y1, *y2, *y3, *y4], [*m1, *m2], [*d1, *d2])
            }
            _ => return None,
        };
        Self::new(
            two_digits(year[0], year[1])? * 100 + two_digits(year[2], year[3])?,
            u8::try_from(two_digits(month[0], month[1])?).ok()?,
            u8::try_from(two_digits(day[0], day[1])?).ok()?,
        )
    }
}

/// Returns true if the day exists in the given year. `month` and `day` may be any number, so that
/// callers can subtract an offset first (`day - 40` of a Norwegian D number) without a check.
pub(crate) fn is_real(year: u16, month: u8, day: u8) -> bool {
    Date::new(year, month, day).is_some()
}

/// Returns true if the day exists in any of the two centuries in which living people were born. It
/// is for numbers that keep only two digits of the year, where it matters for 29 February of year
/// 00.
pub(crate) fn is_real_in_some_century(year_of_century: u8, month: u8, day: u8) -> bool {
    let year = u16::from(year_of_century);
    is_real(1900 + year, month, day) || is_real(2000 + year, month, day)
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn two_digits(tens: u8, ones: u8) -> Option<u16> {
    let both_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    both_digits.then(|| u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_must_exist() {
        assert!(is_real(2024, 2, 29));
        assert!(!is_real(2023, 2, 29));
        assert!(!is_real(1900, 2, 29));
        assert!(is_real(2000, 2, 29));
        assert!(!is_real(1985, 13, 1));
        assert!(!is_real(1985, 0, 1));
        assert!(!is_real(1985, 4, 31));
        assert!(!is_real(1985, 4, 0));
    }

    #[test]
    fn a_leap_day_of_year_00_needs_the_right_century() {
        assert!(is_real_in_some_century(0, 2, 29));
        assert!(!is_real_in_some_century(1, 2, 29));
    }

    #[test]
    fn a_birth_date_lies_between_1900_and_today() {
        let today = Date::new(2026, 11, 21).unwrap();
        assert!(Date::new(1900, 1, 1).unwrap().is_birth_date(today));
        assert!(today.is_birth_date(today));
        assert!(!Date::new(2026, 11, 22).unwrap().is_birth_date(today));
        assert!(!Date::new(1899, 12, 31).unwrap().is_birth_date(today));
    }

    #[test]
    fn iso_dates_are_read_with_and_without_hyphens() {
        assert_eq!(Date::from_iso(b"1985-07-30"), Date::new(1985, 7, 30));
        assert_eq!(Date::from_iso(b"19850730"), Date::new(1985, 7, 30));
        assert_eq!(Date::from_iso(b"1985-7-30"), None);
        assert_eq!(Date::from_iso(b"1985-02-30"), None);
        assert_eq!(Date::from_iso(b"1985-0x-30"), None);
    }
}
