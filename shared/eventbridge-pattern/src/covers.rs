//! Decides whether one pattern accepts everything that another accepts.
//!
//! A changed rule may send more events than before unless the old pattern covers the new one. The
//! answer is on the safe side: `true` is certain, and `false` means that it could not be shown.

use crate::condition::{Condition, Excluded};
use crate::ip::AddressRange;
use crate::pattern::{Field, Pattern};
use crate::text::Text;

impl Pattern {
    /// Returns true if every event that `narrower` matches is certain to match this pattern too.
    ///
    /// ```
    /// use eventbridge_pattern::Pattern;
    ///
    /// let shop = Pattern::parse(r#"{"source": [{"prefix": "shop."}]}"#)?;
    /// let orders = Pattern::parse(r#"{"source": ["shop.orders"], "detail": {"vip": [true]}}"#)?;
    /// assert!(shop.covers(&orders));
    /// assert!(!orders.covers(&shop));
    /// # Ok::<(), eventbridge_pattern::PatternError>(())
    /// ```
    pub fn covers(&self, narrower: &Self) -> bool {
        narrower.combinations().iter().all(|narrow| {
            self.combinations()
                .iter()
                .any(|wide| combination_covers(wide, narrow))
        })
    }
}

/// Returns true if the wide combination covers the narrow one: for each field of `wide`, `narrow`
/// has the same field with conditions that accept no more.
fn combination_covers(wide: &[Field], narrow: &[Field]) -> bool {
    wide.iter().all(|wide| {
        let same = narrow.iter().find(|narrow| narrow.path == wide.path);
        same.is_some_and(|narrow| {
            narrow
                .conditions
                .iter()
                .all(|narrow| wide.conditions.iter().any(|wide| wide.covers(narrow)))
        })
    })
}

impl Condition {
    /// Returns true if every value that `narrow` accepts is certain to be accepted.
    fn covers(&self, narrow: &Self) -> bool {
        if self == narrow {
            return true;
        }
        match (self, narrow) {
            (Self::Exists, Self::Absent) => false,
            (Self::Exists, _) => true,
            (Self::Between(low, high), Self::Between(from, to)) => low <= from && to <= high,
            (
                Self::Between(low, high),
                Self::Number {
                    comparable: Some(number),
                    ..
                },
            ) => low <= number && number <= high,
            (
                Self::Number {
                    comparable: Some(number),
                    ..
                },
                Self::Number {
                    comparable: Some(other),
                    ..
                },
            ) => number == other,
            (
                Self::Address { range, digits },
                Self::Address {
                    range: within,
                    digits: of_narrow,
                },
            ) => (*digits || !of_narrow) && range_covers(*range, *within),
            (Self::Text(text), Self::Exact(exact)) => {
                text.accepts(format!("\"{exact}\"").as_bytes())
            }
            (Self::Text(wide), Self::Text(narrow)) => text_covers(wide, narrow),
            (Self::Not(wide), Self::Not(narrow)) => excluded_covers(wide, narrow),
            _ => false,
        }
    }
}

fn text_covers(wide: &Text, narrow: &Text) -> bool {
    match (wide, narrow) {
        (Text::Prefix(wide), Text::Prefix(narrow)) => narrow.starts_with(&**wide),
        (Text::Suffix(wide), Text::Suffix(narrow)) => narrow.ends_with(&**wide),
        (wide, narrow) => wide == narrow,
    }
}

fn range_covers(wide: AddressRange, narrow: AddressRange) -> bool {
    let ((low, high), (from, to)) = (wide.of_v6(), narrow.of_v6());
    wide.of_v4().is_some() == narrow.of_v4().is_some() && low <= from && to <= high
}

/// Returns true if everything that `wide` excludes is excluded by `narrow` too.
fn excluded_covers(wide: &Excluded, narrow: &Excluded) -> bool {
    match (wide, narrow) {
        (Excluded::Strings(wide), Excluded::Strings(narrow)) => {
            wide.iter().all(|one| narrow.contains(one))
        }
        (Excluded::Numbers(wide), Excluded::Numbers(narrow)) => {
            wide.iter().all(|one| narrow.contains(one))
        }
        (Excluded::Texts(wide), Excluded::Texts(narrow)) => wide
            .iter()
            .all(|one| narrow.iter().any(|other| text_covers(other, one))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::Pattern;

    fn covers(wide: &str, narrow: &str) -> bool {
        let read = |text| Pattern::parse(text).unwrap();
        read(wide).covers(&read(narrow))
    }

    #[test]
    fn a_wider_pattern_covers_a_narrower_one_and_not_the_reverse() {
        for (wide, narrow) in [
            (r#"{"a": ["x", "y"]}"#, r#"{"a": ["x"]}"#),
            (r#"{"a": ["x"]}"#, r#"{"a": ["x"], "b": [1]}"#),
            (
                r#"{"a": [{"prefix": "sh"}]}"#,
                r#"{"a": [{"prefix": "shop"}]}"#,
            ),
            (r#"{"a": [{"suffix": "p"}]}"#, r#"{"a": ["shop"]}"#),
            (r#"{"a": [{"wildcard": "s*p"}]}"#, r#"{"a": ["shop"]}"#),
            (
                r#"{"a": [{"equals-ignore-case": "SHOP"}]}"#,
                r#"{"a": ["shop"]}"#,
            ),
            (
                r#"{"a": [{"numeric": [">", 0]}]}"#,
                r#"{"a": [{"numeric": [">", 0, "<", 5]}]}"#,
            ),
            (r#"{"a": [{"numeric": [">", 0]}]}"#, r#"{"a": [3]}"#),
            (
                r#"{"a": [{"exists": true}]}"#,
                r#"{"a": [{"anything-but": ["x"]}]}"#,
            ),
            (
                r#"{"a": [{"anything-but": ["x"]}]}"#,
                r#"{"a": [{"anything-but": ["x", "y"]}]}"#,
            ),
            (
                r#"{"a": [{"cidr": "10.0.0.0/8"}]}"#,
                r#"{"a": [{"cidr": "10.1.0.0/16"}]}"#,
            ),
            (
                r#"{"$or": [{"a": ["x"]}, {"b": ["y"]}]}"#,
                r#"{"a": ["x"]}"#,
            ),
        ] {
            assert!(covers(wide, narrow), "{wide} covers {narrow}");
            assert!(!covers(narrow, wide), "{narrow} does not cover {wide}");
        }
    }

    #[test]
    fn one_pattern_in_two_spellings_covers_itself_both_ways() {
        for (one, other) in [
            (
                r#"{"a": ["x", "y"], "b": [1]}"#,
                r#"{"b": [1], "a": ["y", "x"]}"#,
            ),
            (
                r#"{"$or": [{"a": ["x"]}, {"b": [1]}]}"#,
                r#"{"$or": [{"b": [1]}, {"a": ["x"]}]}"#,
            ),
            (r#"{"a": [1]}"#, r#"{"a": [1.0]}"#),
        ] {
            assert!(covers(one, other) && covers(other, one), "{one} {other}");
        }
    }
}
