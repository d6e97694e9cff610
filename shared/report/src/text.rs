//! Words that questions and formats share.

/// The first few, and how many more there are.
pub(crate) fn some_of<'n>(
    names: impl Iterator<Item = &'n str>,
    most: usize,
    between: &str,
) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(most)].join(between);
    match names.len().checked_sub(most) {
        Some(more) if more > 0 => format!("{shown}{between}+{more}"),
        _ => shown,
    }
}
