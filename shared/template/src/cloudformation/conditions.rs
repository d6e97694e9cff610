//! Evaluates conditions, which are true, false or unknown.

use crate::limits::MAX_DEPTH;
use crate::node::{Kind, Tree};
use crate::note::NoteKind;
use crate::value::Value;
use crate::world::{Truth, World};

impl World<'_> {
    /// Returns whether the condition of this name holds.
    pub(crate) fn truth(&mut self, stack: usize, name: &str, line: u32) -> Truth {
        match self.stacks[stack].truths.get(name) {
            Some(Some(truth)) => return *truth,
            // The conditions refer to each other in a circle.
            Some(None) => return Truth::Unknown,
            None => {}
        }
        let Some(tree) = self.stacks[stack].conditions.get(name).cloned() else {
            self.note(stack, line, NoteKind::NoSuchName(name.to_owned()));
            return Truth::Unknown;
        };
        self.stacks[stack].truths.insert(name.to_owned(), None);
        let truth = self.evaluate(stack, &tree);
        let truths = &mut self.stacks[stack].truths;
        truths.insert(name.to_owned(), Some(truth));
        truth
    }

    /// Evaluates an expression of conditions.
    fn evaluate(&mut self, stack: usize, tree: &Tree) -> Truth {
        if self.depth >= MAX_DEPTH || !self.spend(0) {
            return Truth::Unknown;
        }
        self.depth += 1;
        let truth = self.evaluate_function(stack, tree);
        self.leave();
        truth
    }

    fn evaluate_function(&mut self, stack: usize, tree: &Tree) -> Truth {
        if let Some(value) = tree.as_bool() {
            return truth_of(value);
        }
        let Some((function, argument)) = tree.intrinsic() else {
            return Truth::Unknown;
        };
        match (function, &argument.kind) {
            ("Condition", Kind::Text(name)) => self.truth(stack, name, tree.line),
            // SAM's translator writes `{"Condition": {"Condition": …}}` where it combines
            // conditions.
            ("Condition", Kind::Map(_)) => self.evaluate(stack, argument),
            ("Fn::Equals", Kind::List(sides)) if sides.len() == 2 => {
                let left = self.resolve(stack, &sides[0]);
                let right = self.resolve(stack, &sides[1]);
                equal(left.as_ref(), right.as_ref())
            }
            ("Fn::Not", Kind::List(items)) if items.len() == 1 => {
                match self.evaluate(stack, &items[0]) {
                    Truth::Yes => Truth::No,
                    Truth::No => Truth::Yes,
                    Truth::Unknown => Truth::Unknown,
                }
            }
            ("Fn::And", Kind::List(items)) => self.all(stack, items, Truth::No),
            ("Fn::Or", Kind::List(items)) => self.all(stack, items, Truth::Yes),
            _ => Truth::Unknown,
        }
    }

    /// Returns `decides` if one item has that value, the opposite if all items have the opposite,
    /// else unknown.
    fn all(&mut self, stack: usize, items: &[Tree], decides: Truth) -> Truth {
        let mut all = match decides {
            Truth::Yes => Truth::No,
            _ => Truth::Yes,
        };
        for item in items {
            match self.evaluate(stack, item) {
                truth if truth == decides => return decides,
                Truth::Unknown => all = Truth::Unknown,
                _ => {}
            }
        }
        all
    }
}

fn truth_of(value: bool) -> Truth {
    if value { Truth::Yes } else { Truth::No }
}

/// Returns whether two values are equal. A name that is defined elsewhere equals itself; whether it
/// equals anything else is unknown.
fn equal(left: Option<&Value>, right: Option<&Value>) -> Truth {
    let (Some(left), Some(right)) = (left, right) else {
        return truth_of(left.is_none() && right.is_none());
    };
    if let (Some(left), Some(right)) = (left.scalar_text(), right.scalar_text()) {
        return truth_of(left == right);
    }
    match (left, right) {
        (Value::Unknown(_) | Value::OneOf(_), _) | (_, Value::Unknown(_) | Value::OneOf(_)) => {
            Truth::Unknown
        }
        (left, right) if left == right => Truth::Yes,
        (Value::List(left), Value::List(right)) => {
            let literal = |items: &[Value]| items.iter().all(|item| item.literal().is_some());
            if literal(left) && literal(right) {
                Truth::No
            } else {
                Truth::Unknown
            }
        }
        _ => Truth::Unknown,
    }
}
