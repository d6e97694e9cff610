//! Parses a pattern's text into conjunctions of fields.
//!
//! `$or` multiplies the conjunctions: each of its branches continues from everything read before
//! it, and everything read after it is added to every branch. If a field is named twice, the later
//! of its two lists counts, as in AWS's engine.
//!
//! `$or` is a field like any other if its value is not an array of two or more objects, or if one
//! of them names a field like an operator. The engine finds this out by parsing such a pattern a
//! second time with `$or` as a plain name, and so does this module.
//!
//! `operators` parses the content of a field's array.

mod operators;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::Condition;
use crate::error::PatternError;
use crate::json::{Reader, Token};

/// The maximum nesting depth of objects in a pattern. In practice `EventBridge` refuses patterns of
/// more than 4,096 characters before they get this deep.
const MAX_DEPTH: usize = 256;
/// The maximum number of fields in one combination, as in AWS's engine.
const MAX_FIELDS: usize = 256;
/// The maximum number of combinations that result from `$or`, as in `EventBridge`.
const MAX_COMBINATIONS: usize = 1000;

const OR: &str = "$or";

/// The names that AWS reserves for present and future operators. No field inside `$or` may have one
/// of them.
const RESERVED_IN_OR: [&str; 24] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// One way to match: every field must be satisfied.
pub(crate) type Combination = BTreeMap<Arc<str>, Arc<[Condition]>>;

/// Parses a pattern.
pub(crate) fn parse(text: &str) -> Result<Vec<Combination>, PatternError> {
    let first = match Parser::new(text, OrIs::Operator).pattern() {
        Ok(combinations) => return Ok(combinations),
        Err(error) => error,
    };
    if let (PatternError::Refused { .. }, true) = (&first, text.contains(OR)) {
        // If the second attempt fails too, the first error describes what was most likely meant.
        return Parser::new(text, OrIs::Field).pattern().map_err(|_| first);
    }
    Err(first)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OrIs {
    Operator,
    Field,
}

struct Parser<'a> {
    reader: Reader<'a>,
    or_is: OrIs,
    /// The place in the pattern, for errors.
    place: Vec<PatternStep>,
}

enum PatternStep {
    Name(Box<str>),
    Index(usize),
}

type Parsed<T> = Result<T, PatternError>;

impl<'a> Parser<'a> {
    fn new(text: &'a str, or_is: OrIs) -> Self {
        Self {
            reader: Reader::new(text),
            or_is,
            place: Vec::new(),
        }
    }

    fn refuse<T>(&self, reason: &'static str) -> Parsed<T> {
        let mut path = "$".to_owned();
        for step in &self.place {
            match step {
                PatternStep::Name(name) if is_plain(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                PatternStep::Name(name) => {
                    path.push_str("['");
                    path.push_str(&name.replace('\\', "\\\\").replace('\'', "\\'"));
                    path.push_str("']");
                }
                PatternStep::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        Err(PatternError::Refused { path, reason })
    }

    /// Returns the next token. A missing value is an error of the reader, so there always is one.
    fn token(&mut self) -> Parsed<Token<'a>> {
        match self.reader.next_token()? {
            Some(token) => Ok(token),
            None => self.refuse("the pattern ends too early"),
        }
    }

    fn within<T>(
        &mut self,
        step: PatternStep,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        self.place.push(step);
        let result = read(self)?;
        self.place.pop();
        Ok(result)
    }

    fn pattern(mut self) -> Parsed<Vec<Combination>> {
        if self.token()? != Token::ObjectStart {
            return self.refuse("a pattern is an object");
        }
        let mut combinations = Vec::new();
        self.object(None, &mut combinations, false)?;
        // Content after the object is an error of the text, not of the pattern.
        self.reader.next_token()?;
        for combination in &combinations {
            if combination.len() > MAX_FIELDS {
                return self.refuse("a pattern may name at most 256 fields");
            }
        }
        Ok(combinations)
    }

    /// Parses an object of fields after its opening brace.
    fn object(
        &mut self,
        parent: Option<&str>,
        combinations: &mut Vec<Combination>,
        inside_or: bool,
    ) -> Parsed<()> {
        if self.place.len() > MAX_DEPTH {
            return self.refuse("a pattern may be nested at most 256 levels deep");
        }
        let mut is_empty = true;
        while let Token::Key(name) = self.token()? {
            is_empty = false;
            if name == OR && self.or_is == OrIs::Operator {
                self.within(PatternStep::Name(name.into()), |parser| {
                    parser.or(parent, combinations)
                })?;
                continue;
            }
            let path = match parent {
                Some(parent) => format!("{parent}.{name}"),
                None => name.to_string(),
            };
            let reserved = inside_or && RESERVED_IN_OR.contains(&&*name);
            self.within(PatternStep::Name(name.into()), |parser| {
                if reserved {
                    return parser.refuse("a field inside $or may not be named like an operator");
                }
                parser.field(&path, combinations, inside_or)
            })?;
        }
        if is_empty {
            return self.refuse("an object must name at least one field");
        }
        Ok(())
    }

    fn field(
        &mut self,
        path: &str,
        combinations: &mut Vec<Combination>,
        inside_or: bool,
    ) -> Parsed<()> {
        match self.token()? {
            Token::ObjectStart => self.object(Some(path), combinations, inside_or),
            Token::ArrayStart => {
                let conditions: Arc<[Condition]> = self.alternatives()?.into();
                let path: Arc<str> = path.into();
                if combinations.is_empty() {
                    combinations.push(Combination::new());
                }
                for combination in combinations {
                    combination.insert(Arc::clone(&path), Arc::clone(&conditions));
                }
                Ok(())
            }
            _ => self.refuse("a field takes an array of values, or an object of fields"),
        }
    }

    fn or(&mut self, parent: Option<&str>, combinations: &mut Vec<Combination>) -> Parsed<()> {
        const FORM: &str = "$or takes an array of at least two objects";
        if self.token()? != Token::ArrayStart {
            return self.refuse(FORM);
        }
        let before = std::mem::take(combinations);
        let mut branches = 0;
        loop {
            match self.token()? {
                Token::ArrayEnd => break,
                Token::ObjectStart => {
                    let mut branch = before.clone();
                    if branch.is_empty() {
                        branch.push(Combination::new());
                    }
                    self.within(PatternStep::Index(branches), |parser| {
                        parser.object(parent, &mut branch, true)
                    })?;
                    combinations.append(&mut branch);
                    branches += 1;
                }
                _ => return self.refuse(FORM),
            }
            if combinations.len() > MAX_COMBINATIONS {
                return self.refuse("$or multiplies the pattern to more than 1,000 combinations");
            }
        }
        if branches < 2 {
            return self.refuse(FORM);
        }
        Ok(())
    }
}

/// Returns true if a name can follow a dot in a path (RFC 9535, member-name-shorthand), or is an
/// operator.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$') || !c.is_ascii())
}
