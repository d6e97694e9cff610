//! Parses variables: `${source(parameter):address, default}` inside a text.

use crate::node::{Build, Kind, Tree};

/// A piece of a text: literal, or the inside of `${…}`.
pub(super) enum Piece<'t> {
    Literal(&'t str),
    Variable(&'t str),
}

/// Returns the source and the address of a variable, or `None` if it is not one of the framework's.
pub(super) fn source_and_address(variable: &str) -> Option<(&str, &str)> {
    const SOURCES: &[&str] = &[
        "self",
        "opt",
        "env",
        "file",
        "ssm",
        "cf",
        "param",
        "sls",
        "aws",
        "s3",
        "strToBool",
        "git",
        "terraform",
        "vault",
        "output",
    ];
    let end = match variable.find('(') {
        Some(open) if variable.find(':').is_none_or(|colon| open < colon) => {
            open + variable[open..].find(')')? + 1
        }
        _ => variable.find(':')?,
    };
    let (source, rest) = variable.split_at(end);
    let kind = source.split('(').next().unwrap_or(source);
    // `AWS::Region` has two colons.
    if !SOURCES.contains(&kind) || rest.starts_with("::") {
        return None;
    }
    Some((source, rest.strip_prefix(':').unwrap_or(rest)))
}

/// Parses a literal default.
pub(super) fn literal(text: &str, line: u32) -> Option<Tree> {
    let build = Build(line);
    for quote in ['\'', '"'] {
        let inside = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote));
        if let Some(inside) = inside {
            return Some(build.text(inside));
        }
    }
    match text {
        "true" => Some(build.bool(true)),
        "false" => Some(build.bool(false)),
        "null" => Some(build.node(Kind::Null)),
        _ => text.parse().ok().map(|number| build.number(number)),
    }
}

/// Splits a text at its `${…}`, which may be nested.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let mut open = 0_usize;
        let mut end = None;
        for (at, byte) in rest.bytes().enumerate().skip(start + 1) {
            match byte {
                b'{' => open += 1,
                b'}' => open = open.saturating_sub(1),
                _ => continue,
            }
            if open == 0 {
                end = Some(at);
                break;
            }
        }
        let Some(end) = end else {
            break;
        };
        if start > 0 {
            pieces.push(Piece::Literal(&rest[..start]));
        }
        pieces.push(Piece::Variable(&rest[start + 2..end]));
        rest = &rest[end + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

/// Splits a variable and its defaults at commas outside of quotes and brackets.
pub(super) fn candidates(inside: &str) -> Vec<&str> {
    let mut candidates = Vec::new();
    let (mut open, mut quote, mut from) = (0_usize, None, 0);
    for (at, byte) in inside.bytes().enumerate() {
        match (quote, byte) {
            (Some(q), _) if q == byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'{' | b'(') => open += 1,
            (None, b'}' | b')') => open = open.saturating_sub(1),
            (None, b',') if open == 0 => {
                candidates.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    candidates.push(&inside[from..]);
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_split_outside_of_quotes_and_brackets() {
        assert_eq!(
            candidates("opt:stage, self:a.${opt:b, 'c'}, 'd,e'"),
            ["opt:stage", " self:a.${opt:b, 'c'}", " 'd,e'"]
        );
    }

    #[test]
    fn what_is_cloudformations_is_no_variable() {
        assert!(source_and_address("AWS::Region").is_none());
        assert!(source_and_address("Queue.Arn").is_none());
        assert_eq!(
            source_and_address("self:custom.a"),
            Some(("self", "custom.a"))
        );
        assert_eq!(
            source_and_address("file(./a.yml):b.c"),
            Some(("file(./a.yml)", "b.c"))
        );
        assert_eq!(
            source_and_address("file(./a.yml)"),
            Some(("file(./a.yml)", ""))
        );
    }
}
