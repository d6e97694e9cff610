//! Writes numbers of things for people.

/// Returns `1 record`, `2 records`.
pub fn counted(count: u64, what: &str) -> String {
    if count == 1 {
        return format!("1 {what}");
    }
    if what == "person" {
        return format!("{count} people");
    }
    let is_hissed = what.ends_with('s') || what.ends_with("ch");
    format!("{count} {what}{}", if is_hissed { "es" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        for (count, what, said) in [
            (0, "record", "0 records"),
            (1, "record", "1 record"),
            (2, "record", "2 records"),
            (1, "data class", "1 data class"),
            (3, "data class", "3 data classes"),
            (2, "batch", "2 batches"),
            (1, "person", "1 person"),
            (40, "person", "40 people"),
        ] {
            assert_eq!(counted(count, what), said);
        }
    }
}
