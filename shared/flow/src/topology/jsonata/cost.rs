//! The most that an evaluation of an expression can cost: its steps, and the bytes that it makes.
//!
//! For every part of an expression, three totals over all its evaluations are computed: how often it is
//! evaluated, the bytes of its contexts, and the bytes that it makes. Totals keep a loop over the parts of an
//! event linear, because all parts together are no larger than the event. A variable that is used inside a
//! loop is counted once for each pass, so its total can be larger than the event.
//!
//! What is not listed here has no bound: functions that a program defines and may call again, sorting and
//! reducing by such a function, numbers of steps that come from the event, and parents of a value. Functions
//! that depend on the clock or on chance (`$now`, `$millis`, `$random`, `$shuffle`, `$uuid`) are missing for
//! another reason: nobody can say what they returned. So are those that EventBridge adds to JSONata.

use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage};

use super::EVENT;

/// The bytes of a number, and of anything else of one size.
const SCALAR: u64 = 25;

/// The largest number that stands for a length in an expression, such as that of `$pad`.
const LENGTH_MAX: f64 = 1_000.0;

/// The longest regular expression, in bytes. A counted repetition makes any of them large.
const REGEX_MAX: usize = 64;

/// What it costs to make a regular expression ready, in steps.
const REGEX_COST: u64 = 20_000;

/// How often a sort looks at one of its items, at most.
const SORT_LOOKS: u64 = 64;

/// How deep a value is nested, at most. `**` gives each part once for each level that it is in.
const DEPTH: u64 = 128;

/// The most that an evaluation on an event of this many bytes costs; `None` where no bound is known.
pub(super) fn most(expression: &AstNode, event: usize) -> Option<u64> {
    let mut count = Count {
        event: event as u64,
        cost: 0,
        variables: Vec::new(),
        loops: 0,
    };
    let made = count.of(expression, Place::ROOT)?;
    Some(count.cost.saturating_add(made))
}

/// Where a part of an expression stands.
#[derive(Clone, Copy)]
struct Place {
    /// In which loop. Loops are numbered; 0 is outside of all.
    in_loop: usize,
    /// How often it is evaluated, at most.
    times: u64,
    /// The bytes of all its contexts together, or `None` outside a path, where there is no context.
    context: Option<u64>,
}

impl Place {
    const ROOT: Self = Self {
        in_loop: 0,
        times: 1,
        context: None,
    };
}

/// A variable: the bytes of all its values together, and the loop that each of them belongs to.
struct Variable<'e> {
    name: &'e str,
    bytes: u64,
    in_loop: usize,
}

struct Count<'e> {
    event: u64,
    cost: u64,
    variables: Vec<Variable<'e>>,
    loops: usize,
}

impl<'e> Count<'e> {
    /// The bytes that a part of an expression makes in all. Adds what it costs.
    fn of(&mut self, node: &'e AstNode, at: Place) -> Option<u64> {
        let made = match node {
            AstNode::String(text) => each(at, text.len() as u64 + 2),
            AstNode::Number(_) | AstNode::Boolean(_) | AstNode::Null | AstNode::Undefined => {
                each(at, SCALAR)
            }
            AstNode::Name(_) | AstNode::Wildcard => at.context?,
            AstNode::Descendant => at.context?.saturating_mul(DEPTH),
            AstNode::Variable(name) => self.variable(name, at)?,
            AstNode::Path { steps } => self.path(steps, at)?,
            AstNode::Binary { op, lhs, rhs } => self.binary(*op, lhs, rhs, at)?,
            AstNode::Unary { operand, .. } => {
                self.of(operand, at)?;
                each(at, SCALAR)
            }
            AstNode::Function {
                name,
                args,
                is_builtin: true,
            } => self.function(name, args, None, at)?,
            AstNode::Array(items) | AstNode::ArrayGroup(items) => {
                let mut made = each(at, 2);
                for item in items {
                    made = made
                        .saturating_add(self.of(item, at)?)
                        .saturating_add(at.times);
                }
                made
            }
            AstNode::Object(entries) => self.object(entries, at)?,
            AstNode::ObjectTransform { input, pattern } => {
                let items = self.of(input, at)?;
                let inside = self.each_of(items);
                self.object(pattern, inside)?
            }
            AstNode::Block(parts) => {
                let known = self.variables.len();
                let mut made = 0;
                for part in parts {
                    made = self.of(part, at)?;
                }
                self.variables.truncate(known);
                made
            }
            AstNode::Conditional {
                condition,
                then_branch,
                else_branch,
            } => {
                self.of(condition, at)?;
                let made = self.of(then_branch, at)?;
                let otherwise = else_branch.as_ref().map(|branch| self.of(branch, at));
                made.saturating_add(otherwise.unwrap_or(Some(0))?)
            }
            AstNode::FunctionApplication(inner) => self.of(inner, at)?,
            AstNode::Sort { input, terms } => {
                let items = self.of(input, at)?;
                let inside = self.each_of(items);
                let before = self.cost;
                for (term, _) in terms {
                    self.of(term, inside)?;
                }
                let once = self.cost - before;
                self.spend(once.saturating_mul(SORT_LOOKS));
                items
            }
            _ => return None,
        };
        self.spend(made);
        self.spend(at.times);
        Some(made)
    }

    fn spend(&mut self, cost: u64) {
        self.cost = self.cost.saturating_add(cost);
    }

    /// Returns the place inside a loop over values that have this many bytes together. Each value has at
    /// least one byte, so there are at most as many passes.
    fn each_of(&mut self, bytes: u64) -> Place {
        self.loops += 1;
        Place {
            in_loop: self.loops,
            times: bytes,
            context: Some(bytes),
        }
    }

    fn variable(&self, name: &str, at: Place) -> Option<u64> {
        if name.is_empty() {
            return at.context;
        }
        let known = self.variables.iter().rev().find(|one| one.name == name);
        match known {
            Some(known) if known.in_loop == at.in_loop => Some(known.bytes),
            Some(known) => Some(each(at, known.bytes)),
            None if name == EVENT => Some(each(at, self.event)),
            None => None,
        }
    }

    fn path(&mut self, steps: &'e [PathStep], at: Place) -> Option<u64> {
        let mut values: Option<u64> = None;
        for step in steps {
            let is_plain = step.focus.is_none()
                && step.index_var.is_none()
                && step.ancestor_label.is_none()
                && !step.is_tuple
                && !step.inner_tuple;
            if !is_plain {
                return None;
            }
            let place = match values {
                None => at,
                Some(bytes) => self.each_of(bytes),
            };
            let mut made = self.of(&step.node, place)?;
            for stage in &step.stages {
                match stage {
                    // The place of one value.
                    Stage::Filter(filter) if matches!(**filter, AstNode::Number(_)) => {}
                    Stage::Filter(filter) => {
                        let inside = self.each_of(made);
                        self.of(filter, inside)?;
                    }
                    Stage::KeepArray => made = made.saturating_add(each(at, 2)),
                    Stage::Index(_) => return None,
                }
            }
            values = Some(made);
        }
        values
    }

    fn object(&mut self, entries: &'e [(AstNode, AstNode)], at: Place) -> Option<u64> {
        let mut made = each(at, 2);
        for (key, value) in entries {
            let both = self.of(key, at)?.saturating_add(self.of(value, at)?);
            made = made.saturating_add(both).saturating_add(each(at, 2));
        }
        Some(made)
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        lhs: &'e AstNode,
        rhs: &'e AstNode,
        at: Place,
    ) -> Option<u64> {
        match op {
            BinaryOp::ColonEqual => {
                let bytes = self.of(rhs, at)?;
                let AstNode::Variable(name) = lhs else {
                    return None;
                };
                self.variables.push(Variable {
                    name,
                    bytes,
                    in_loop: at.in_loop,
                });
                Some(bytes)
            }
            BinaryOp::Concatenate => {
                let both = [lhs, rhs].map(|side| Some(written(side, self.of(side, at)?)));
                let [left, right] = both;
                Some(left?.saturating_add(right?))
            }
            BinaryOp::Range => {
                let (AstNode::Number(from), AstNode::Number(to)) = (lhs, rhs) else {
                    return None;
                };
                let many = length(to - from + 1.0)?;
                Some(each(at, many.saturating_mul(SCALAR)))
            }
            BinaryOp::Coalesce | BinaryOp::Default => {
                Some(self.of(lhs, at)?.saturating_add(self.of(rhs, at)?))
            }
            BinaryOp::ChainPipe => {
                let AstNode::Function {
                    name,
                    args,
                    is_builtin: true,
                } = rhs
                else {
                    return None;
                };
                self.function(name, args, Some(lhs), at)
            }
            BinaryOp::FocusBind | BinaryOp::IndexBind => None,
            // Arithmetic, comparisons, `and`, `or` and `in`.
            _ => {
                self.of(lhs, at)?;
                self.of(rhs, at)?;
                Some(each(at, SCALAR))
            }
        }
    }

    /// A function of JSONata. `first` is the argument that `~>` puts before the others.
    fn function(
        &mut self,
        name: &str,
        args: &'e [AstNode],
        first: Option<&'e AstNode>,
        at: Place,
    ) -> Option<u64> {
        if self.variables.iter().any(|known| known.name == name) {
            return None;
        }
        let all: Vec<&'e AstNode> = first.into_iter().chain(args).collect();
        let literal = |number: usize| match all.get(number) {
            Some(AstNode::String(text)) => Some(text.as_str()),
            _ => None,
        };
        if let "map" | "filter" | "single" | "each" | "sift" = name {
            return self.higher_order(&all, at);
        }
        let given = match name {
            // The second argument is a text or a regular expression.
            "contains" | "match" | "replace" | "split" => {
                let given = self.of(all.first()?, at)?;
                match all.get(1)? {
                    AstNode::Regex { pattern, .. } => {
                        if pattern.len() > REGEX_MAX || pattern.contains('{') {
                            return None;
                        }
                        self.spend(each(at, REGEX_COST));
                        self.spend(given.saturating_mul(pattern.len() as u64));
                    }
                    pattern => {
                        self.of(pattern, at)?;
                    }
                }
                for rest in all.iter().skip(2) {
                    self.of(rest, at)?;
                }
                given
            }
            _ => {
                let mut given = 0_u64;
                for arg in &all {
                    given = given.saturating_add(self.of(arg, at)?);
                }
                // Without an argument it takes the context.
                if all.is_empty() { at.context? } else { given }
            }
        };
        Some(match name {
            "abs" | "average" | "boolean" | "ceil" | "contains" | "count" | "exists" | "floor"
            | "length" | "max" | "min" | "not" | "number" | "power" | "round" | "sqrt" | "sum"
            | "type" => each(at, SCALAR),
            // With a picture the date that is not in it comes from the clock.
            "toMillis" | "fromMillis" if all.len() == 1 => each(at, SCALAR),
            "distinct" => {
                self.spend(given.saturating_mul(given));
                given
            }
            "append" | "lookup" | "merge" | "reverse" | "substring" | "substringAfter"
            | "substringBefore" | "trim" => given,
            "keys" | "spread" | "zip" => given.saturating_mul(4),
            "base64encode" | "base64decode" | "decodeUrl" | "decodeUrlComponent" | "encodeUrl"
            | "encodeUrlComponent" | "lowercase" | "uppercase" => given.saturating_mul(3),
            "string" if all.len() <= 1 => given.saturating_mul(6),
            "split" => given.saturating_mul(4).saturating_add(each(at, 2)),
            "match" => given.saturating_add(at.times).saturating_mul(64),
            "join" => {
                let between = match all.len() {
                    1 => 0,
                    _ => literal(1)?.len() as u64,
                };
                given.saturating_mul(between + 1)
            }
            "replace" => {
                let put = literal(2)?;
                let copies = put.matches('$').count() as u64;
                let put = put.len() as u64;
                given
                    .saturating_add(at.times)
                    .saturating_mul(1 + copies + put)
            }
            "pad" => {
                let AstNode::Number(width) = all.get(1)? else {
                    return None;
                };
                let width = length(width.abs())?;
                let fill = all.get(2).map_or(Some(1), |_| literal(2).map(str::len))?;
                given.saturating_add(each(at, width.saturating_mul(4 + fill as u64)))
            }
            _ => return None,
        })
    }

    /// A function that calls one that is written out in its place.
    fn higher_order(&mut self, args: &[&'e AstNode], at: Place) -> Option<u64> {
        let [over, AstNode::Lambda { params, body, .. }] = args else {
            return None;
        };
        let items = self.of(over, at)?;
        let mut inside = self.each_of(items);
        // The function sees the context of the place that it is written in, in each pass.
        inside.context = at.context.map(|context| each(inside, context));
        let known = self.variables.len();
        for (number, name) in params.iter().enumerate() {
            let bytes = match number {
                0 => items,
                // A place or a key.
                1 => each(inside, SCALAR).saturating_add(items),
                _ => return None,
            };
            self.variables.push(Variable {
                name,
                bytes,
                in_loop: inside.in_loop,
            });
        }
        let made = self.of(body, inside)?;
        self.variables.truncate(known);
        // What it returns, or the items that it chooses.
        Some(made.saturating_add(items))
    }
}

/// So many bytes in each evaluation.
fn each(at: Place, bytes: u64) -> u64 {
    at.times.saturating_mul(bytes)
}

/// The bytes of a value as text: that of a text is itself, and all else is written as JSON, where a sign
/// becomes six at most.
fn written(node: &AstNode, bytes: u64) -> u64 {
    match node {
        AstNode::String(_)
        | AstNode::Binary {
            op: BinaryOp::Concatenate,
            ..
        } => bytes,
        _ => bytes.saturating_mul(6),
    }
}

/// A number that stands for a length.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between the two bounds"
)]
fn length(number: f64) -> Option<u64> {
    (0.0..=LENGTH_MAX)
        .contains(&number)
        .then_some(number as u64 + 1)
}
