//! Parses the content of a field's array: values and operators.

use super::{Parsed, Parser, PatternStep};
use crate::condition::{Condition, Excluded};
use crate::ip::{Address, AddressRange, RangeFault};
use crate::json::{Literal, Token};
use crate::number::Number;
use crate::text::{Caseless, Text, Wildcard, WildcardFault};

impl Parser<'_> {
    /// Parses a field's array after its opening bracket.
    pub(super) fn alternatives(&mut self) -> Parsed<Vec<Condition>> {
        let mut conditions = Vec::new();
        loop {
            let step = PatternStep::Index(conditions.len());
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

    /// Parses an operator after its opening brace.
    fn expression(&mut self) -> Parsed<Condition> {
        let Token::Key(operator) = self.token()? else {
            return self.refuse("an operator is missing, such as prefix, numeric or exists");
        };
        self.within(PatternStep::Name((&*operator).into()), |parser| {
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
                CaseMatching::As(text) => Text::Prefix(text.into()),
                CaseMatching::Any(text) => Text::CaselessPrefix(text),
            }),
            "suffix" => Condition::Text(match self.string_or_caseless()? {
                CaseMatching::As(text) => Text::Suffix(text.into()),
                CaseMatching::Any(text) => Text::CaselessSuffix(text),
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

    fn string_or_caseless(&mut self) -> Parsed<CaseMatching> {
        match self.token()? {
            Token::String(text) => Ok(CaseMatching::As(text.into())),
            Token::ObjectStart => {
                if self.token()? != Token::Key("equals-ignore-case".into()) {
                    return self.refuse(
                        "this operator takes a string, or an object with equals-ignore-case",
                    );
                }
                let text = Caseless::new(&self.string()?);
                self.end_of_operator()?;
                Ok(CaseMatching::Any(text))
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

    /// Parses `{"prefix": …}` and the like inside `anything-but`, after the opening brace.
    fn anything_but_texts(&mut self) -> Parsed<Excluded> {
        let Token::Key(operator) = self.token()? else {
            return self.refuse("an operator is missing inside anything-but");
        };
        self.within(PatternStep::Name((&*operator).into()), |parser| {
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

    /// Parses the array of `numeric`.
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
            return self.refuse("numeric takes at most two comparisons");
        }
        Ok(Condition::Between(low, high))
    }

    /// Parses a comparison with its number, or the end of the array.
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

enum CaseMatching {
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
