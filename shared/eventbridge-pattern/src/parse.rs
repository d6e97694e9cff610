//! Reads a pattern's text into conjunctions of fields.
//!
//! `$or` multiplies: each of its branches goes on from everything read before it, and everything
//! read after it goes into every branch. A field that is named twice takes the later of its two
//! lists, as in AWS's engine.
//!
//! `$or` is a field like any other where its value is not an array of two or more objects, or
//! where one of them names a field like an operator. The engine finds out by reading such a pattern
//! a second time with `$or` as a plain name, and so does this.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::{Condition, Excluded};
use crate::error::PatternError;
use crate::ip::{Address, AddressRange, RangeFault};
use crate::json::{Literal, Reader, Token};
use crate::number::Number;
use crate::text::{Caseless, Text, Wildcard, WildcardFault};

/// Nesting of objects in a pattern. `EventBridge` refuses patterns of more than 4,096 characters
/// before they get this deep in practice.
const MAX_DEPTH: usize = 256;
/// Fields in one combination, as in AWS's engine.
const MAX_FIELDS: usize = 256;
/// Combinations that `$or` may multiply to, as in `EventBridge`.
const MAX_COMBINATIONS: usize = 1000;

const OR: &str = "$or";

/// Names that AWS keeps for operators of today and tomorrow: no field inside `$or` may be called so.
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

/// Reads a pattern.
pub(crate) fn parse(text: &str) -> Result<Vec<Combination>, PatternError> {
    let first = match Parser::new(text, OrIs::Operator).pattern() {
        Ok(combinations) => return Ok(combinations),
        Err(error) => error,
    };
    if let (PatternError::Refused { .. }, true) = (&first, text.contains(OR)) {
        // When the second reading fails too, the first says what was most likely meant.
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
    place: Vec<Step>,
}

enum Step {
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
                Step::Name(name) if is_plain(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Step::Name(name) => {
                    path.push_str("['");
                    path.push_str(&name.replace('\\', "\\\\").replace('\'', "\\'"));
                    path.push_str("']");
                }
                Step::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        Err(PatternError::Refused { path, reason })
    }

    /// The next token; a value is never missing, for the reader would have said so.
    fn token(&mut self) -> Parsed<Token<'a>> {
        match self.reader.next_token()? {
            Some(token) => Ok(token),
            None => self.refuse("the pattern ends too early"),
        }
    }

    fn within<T>(&mut self, step: Step, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
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
        // What follows the object is an error of the text, not of the pattern.
        self.reader.next_token()?;
        for combination in &combinations {
            if combination.len() > MAX_FIELDS {
                return self.refuse("a pattern may name at most 256 fields");
            }
        }
        Ok(combinations)
    }

    /// Reads an object of fields after its opening brace.
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
                self.within(Step::Name(name.into()), |parser| {
                    parser.or(parent, combinations)
                })?;
                continue;
            }
            let path = match parent {
                Some(parent) => format!("{parent}.{name}"),
                None => name.to_string(),
            };
            let reserved = inside_or && RESERVED_IN_OR.contains(&&*name);
            self.within(Step::Name(name.into()), |parser| {
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
                    self.within(Step::Index(branches), |parser| {
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

    /// Reads a field's array after its opening bracket.
    fn alternatives(&mut self) -> Parsed<Vec<Condition>> {
        let mut conditions = Vec::new();
        loop {
            let step = Step::Index(conditions.len());
            let condition = match self.token()? {
                Token::ArrayEnd => break,
                Token::ObjectStart => self.within(step, Self::expression)?,
                Token::String(text) => match Address::parse(text.as_bytes()) {
                    Some(address) => Condition::Address {
                        range: AddressRange::single(address),
                        digits: true,
                    },
                    None => Condition::Exact(text.into()),
                },
                Token::Number(text) => Condition::Number {
                    comparable: Number::parse(text),
                    spelled: text.into(),
                },
                Token::Literal(word) => Condition::Literal(word),
                _ => {
                    return self
                        .refuse("a value is a string, a number, true, false, null or an operator");
                }
            };
            conditions.push(condition);
        }
        if conditions.is_empty() {
            return self.refuse("an array must list at least one value");
        }
        Ok(conditions)
    }

    /// Reads an operator after its opening brace.
    fn expression(&mut self) -> Parsed<Condition> {
        let Token::Key(operator) = self.token()? else {
            return self.refuse("an operator is missing, such as prefix, numeric or exists");
        };
        self.within(Step::Name((&*operator).into()), |parser| {
            let condition = parser.operator(&operator)?;
            parser.end_of_operator()?;
            Ok(condition)
        })
    }

    fn end_of_operator(&mut self) -> Parsed<()> {
        if self.token()? == Token::ObjectEnd {
            return Ok(());
        }
        self.refuse("only one operator is allowed in an object")
    }

    fn operator(&mut self, operator: &str) -> Parsed<Condition> {
        Ok(match operator {
            "exactly" => Condition::Exact(self.string()?.into()),
            "prefix" => Condition::Text(match self.string_or_caseless()? {
                Cased::As(text) => Text::Prefix(text.into()),
                Cased::Any(text) => Text::CaselessPrefix(text),
            }),
            "suffix" => Condition::Text(match self.string_or_caseless()? {
                Cased::As(text) => Text::Suffix(text.into()),
                Cased::Any(text) => Text::CaselessSuffix(text),
            }),
            "equals-ignore-case" => Condition::Text(Text::Caseless(Caseless::new(&self.string()?))),
            "wildcard" => {
                let text = self.string()?;
                Condition::Text(Text::Wildcard(self.wildcard(&text)?))
            }
            "anything-but" => self.anything_but()?,
            "numeric" => self.numeric()?,
            "cidr" => {
                let text = self.string()?;
                match AddressRange::parse_cidr(&text) {
                    Ok(range) => Condition::Address {
                        range,
                        digits: true,
                    },
                    Err(RangeFault::Slash) => {
                        return self.refuse("cidr takes an address, one slash and a mask");
                    }
                    Err(RangeFault::Address) => {
                        return self.refuse("the address before the slash is not IPv4 or IPv6");
                    }
                    Err(RangeFault::Mask) => {
                        return self.refuse("the mask must be 0 to 31 for IPv4, 0 to 127 for IPv6");
                    }
                }
            }
            "exists" => match self.token()? {
                Token::Literal(Literal::True) => Condition::Exists,
                Token::Literal(Literal::False) => Condition::Absent,
                _ => return self.refuse("exists takes true or false"),
            },
            _ => {
                return self
                    .refuse("this is not an operator; nested fields need no array around them");
            }
        })
    }

    fn string(&mut self) -> Parsed<String> {
        match self.token()? {
            Token::String(text) => Ok(text.into()),
            _ => self.refuse("this operator takes a string"),
        }
    }

    fn string_or_caseless(&mut self) -> Parsed<Cased> {
        match self.token()? {
            Token::String(text) => Ok(Cased::As(text.into())),
            Token::ObjectStart => {
                if self.token()? != Token::Key("equals-ignore-case".into()) {
                    return self.refuse(
                        "this operator takes a string, or an object with equals-ignore-case",
                    );
                }
                let text = Caseless::new(&self.string()?);
                self.end_of_operator()?;
                Ok(Cased::Any(text))
            }
            _ => self.refuse("this operator takes a string, or an object with equals-ignore-case"),
        }
    }

    fn wildcard(&self, text: &str) -> Parsed<Wildcard> {
        match Wildcard::parse(text) {
            Ok(wildcard) => Ok(wildcard),
            Err(WildcardFault::Consecutive) => self.refuse("asterisks may not follow each other"),
            Err(WildcardFault::Escape) => {
                self.refuse("a backslash may only stand before an asterisk or a backslash")
            }
        }
    }

    fn anything_but(&mut self) -> Parsed<Condition> {
        let excluded = match self.token()? {
            Token::String(text) => Excluded::Strings([text.into()].into()),
            Token::Number(text) => Excluded::Numbers([self.number(text)?].into()),
            Token::ArrayStart => self.anything_but_list()?,
            Token::ObjectStart => self.anything_but_texts()?,
            _ => {
                return self.refuse(
                    "anything-but takes a string, a number, a list of either, or an operator",
                );
            }
        };
        Ok(Condition::Not(excluded))
    }

    fn anything_but_list(&mut self) -> Parsed<Excluded> {
        let mut strings = Vec::new();
        let mut numbers = Vec::new();
        loop {
            match self.token()? {
                Token::ArrayEnd => break,
                Token::String(text) => strings.push(text.into()),
                Token::Number(text) => numbers.push(self.number(text)?),
                _ => return self.refuse("an anything-but list holds strings, or numbers"),
            }
        }
        match (strings.is_empty(), numbers.is_empty()) {
            (false, true) => Ok(Excluded::Strings(strings.into())),
            (true, false) => Ok(Excluded::Numbers(numbers.into())),
            (true, true) => self.refuse("an anything-but list must not be empty"),
            (false, false) => {
                self.refuse("an anything-but list holds strings or numbers, not both")
            }
        }
    }

    /// Reads `{"prefix": …}` and the like inside `anything-but`, after the opening brace.
    fn anything_but_texts(&mut self) -> Parsed<Excluded> {
        let Token::Key(operator) = self.token()? else {
            return self.refuse("an operator is missing inside anything-but");
        };
        self.within(Step::Name((&*operator).into()), |parser| {
            let mut texts = Vec::new();
            match parser.token()? {
                Token::String(text) => texts.push(parser.excluded_text(&operator, &text)?),
                Token::ArrayStart => loop {
                    match parser.token()? {
                        Token::ArrayEnd => break,
                        Token::String(text) => texts.push(parser.excluded_text(&operator, &text)?),
                        _ => return parser.refuse("an operator inside anything-but takes strings"),
                    }
                },
                _ => {
                    return parser.refuse(
                        "an operator inside anything-but takes a string or a list of strings",
                    );
                }
            }
            if texts.is_empty() {
                return parser
                    .refuse("an operator inside anything-but must list at least one string");
            }
            parser.end_of_operator()?;
            Ok(Excluded::Texts(texts.into()))
        })
    }

    fn excluded_text(&self, operator: &str, text: &str) -> Parsed<Text> {
        match operator {
            "prefix" | "suffix" if text.is_empty() => {
                self.refuse("an empty text inside anything-but would exclude every string")
            }
            "prefix" => Ok(Text::Prefix(text.into())),
            "suffix" => Ok(Text::Suffix(text.into())),
            "equals-ignore-case" => Ok(Text::Caseless(Caseless::new(text))),
            "wildcard" => Ok(Text::Wildcard(self.wildcard(text)?)),
            _ => self.refuse("anything-but takes prefix, suffix, equals-ignore-case or wildcard"),
        }
    }

    fn number(&self, text: &str) -> Parsed<Number> {
        match Number::parse(text) {
            Some(number) => Ok(number),
            None => self.refuse(
                "a number that is compared must be what the nearest 64-bit floating-point number is written as",
            ),
        }
    }

    /// Reads the array of `numeric`.
    fn numeric(&mut self) -> Parsed<Condition> {
        if self.token()? != Token::ArrayStart {
            return self.refuse("numeric takes an array, such as [\">\", 0, \"<=\", 5]");
        }
        let Some((operator, number)) = self.comparison()? else {
            return self.refuse("numeric must compare with a number");
        };
        let (low, high) = match operator {
            Comparison::Equal => (number, number),
            Comparison::Less => (Number::MIN, number.before()),
            Comparison::LessOrEqual => (Number::MIN, number),
            Comparison::Greater | Comparison::GreaterOrEqual => {
                let low = if operator == Comparison::Greater {
                    number.after()
                } else {
                    number
                };
                let high = match self.comparison()? {
                    None => return Ok(Condition::Between(low, Number::MAX)),
                    Some((_, top)) if top <= number => {
                        return self.refuse("the upper bound must be above the lower");
                    }
                    Some((Comparison::Less, top)) => top.before(),
                    Some((Comparison::LessOrEqual, top)) => top,
                    Some(_) => return self.refuse("a lower bound is followed by < or <="),
                };
                (low, high)
            }
        };
        if self.token()? != Token::ArrayEnd {
            return self.refuse("numeric has more than a range needs");
        }
        Ok(Condition::Between(low, high))
    }

    /// Reads a comparison and its number, or the end of the array.
    fn comparison(&mut self) -> Parsed<Option<(Comparison, Number)>> {
        let operator = match self.token()? {
            Token::ArrayEnd => return Ok(None),
            Token::String(operator) => match &*operator {
                "=" => Comparison::Equal,
                "<" => Comparison::Less,
                "<=" => Comparison::LessOrEqual,
                ">" => Comparison::Greater,
                ">=" => Comparison::GreaterOrEqual,
                _ => return self.refuse("numeric compares with =, <, <=, > or >="),
            },
            _ => return self.refuse("numeric compares with =, <, <=, > or >="),
        };
        match self.token()? {
            Token::Number(text) => Ok(Some((operator, self.number(text)?))),
            _ => self.refuse("numeric compares with a number"),
        }
    }
}

enum Cased {
    As(String),
    Any(Caseless),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Whether a name can follow a dot in a path (RFC 9535, member-name-shorthand), or is an operator.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$') || !c.is_ascii())
}
