//! Expands `EventInvokeConfig`, which names the destinations of a function's asynchronous results.
//! A destination without an ARN makes a queue or a topic.

use std::sync::Arc;

use crate::node::{Build, Tree};
use crate::note::NoteKind;

use super::{Expansion, Target};

impl Expansion<'_, '_> {
    pub(super) fn event_invoke_config(
        &mut self,
        target: &Target,
        config: &Tree,
        alias: Option<String>,
    ) {
        let build = Build(config.line);
        let id = format!("{}EventInvokeConfig", target.id);
        let mut destinations = Vec::new();
        for outcome in ["OnSuccess", "OnFailure"] {
            let destination = config
                .get("DestinationConfig")
                .and_then(|config| config.get(outcome));
            if let Some(destination) = destination
                && let Some(arn) = self.destination(target, &format!("{id}{outcome}"), destination)
            {
                destinations.push((outcome, build.map([("Destination", arn)])));
            }
        }
        let qualifier = alias.unwrap_or_else(|| "$LATEST".to_owned());
        let properties = build.some([
            ("FunctionName", Some(build.reference(&target.id))),
            ("Qualifier", Some(build.text(qualifier))),
            ("DestinationConfig", Some(build.map(destinations))),
            (
                "MaximumEventAgeInSeconds",
                config.get("MaximumEventAgeInSeconds").cloned(),
            ),
            (
                "MaximumRetryAttempts",
                config.get("MaximumRetryAttempts").cloned(),
            ),
        ]);
        let kind = "AWS::Lambda::EventInvokeConfig";
        self.add(id, kind, &target.id, target.condition.as_ref(), &properties);
    }

    /// Returns the ARN of a destination. If the template names none, the destination is made.
    fn destination(&mut self, target: &Target, id: &str, config: &Tree) -> Option<Tree> {
        // The translator writes the ARN into the properties. If functions share them, through
        // `Globals` or an alias, the first function's queue is the destination of all.
        if let Some(arn) = self.destinations.get(&Arc::as_ptr(config)) {
            return Some(arn.clone());
        }
        let build = Build(config.line);
        let kind = config.get_text("Type").unwrap_or_default().to_owned();
        let named = config.get("Destination").filter(|tree| !tree.is_null());
        let (made, condition, otherwise) = match named {
            None => (true, None, None),
            Some(tree) => match self.only_if(id, tree) {
                Some((condition, otherwise)) => (true, condition, otherwise),
                None => (false, None, None),
            },
        };
        if !made {
            return named.cloned();
        }
        let (suffix, resource, arn) = match kind.as_str() {
            "SQS" => {
                let id = format!("{id}Queue");
                let arn = build.attribute(&id, "Arn");
                (id, "AWS::SQS::Queue", arn)
            }
            "SNS" => {
                let id = format!("{id}Topic");
                let arn = build.reference(&id);
                (id, "AWS::SNS::Topic", arn)
            }
            _ => {
                self.note(
                    &target.id,
                    config.line,
                    NoteKind::Malformed("the destination"),
                );
                return None;
            }
        };
        let both = self.both(id, target.condition.as_ref(), condition.as_ref());
        self.add(suffix, resource, &target.id, both.as_ref(), &build.map([]));
        let arn = match (condition, otherwise) {
            (Some(condition), Some(otherwise)) => build.map([(
                "Fn::If",
                build.list(vec![build.text(condition), arn, otherwise]),
            )]),
            _ => arn,
        };
        self.destinations.insert(Arc::as_ptr(config), arn.clone());
        Some(arn)
    }

    /// Parses `!If [C, !Ref AWS::NoValue, arn]` and its reverse. Returns the condition under which
    /// there is no value, and the ARN otherwise. If both branches have no value, there is no
    /// condition.
    fn only_if(&mut self, id: &str, tree: &Tree) -> Option<(Option<String>, Option<Tree>)> {
        let ("Fn::If", argument) = tree.single()? else {
            return None;
        };
        let [condition, yes, no] = argument.as_list()? else {
            return None;
        };
        let condition = condition.as_text()?;
        let is_nothing = |tree: &Tree| tree.ref_id() == Some("AWS::NoValue");
        match (is_nothing(yes), is_nothing(no)) {
            (true, true) => Some((None, None)),
            (true, false) => Some((Some(condition.to_owned()), Some(no.clone()))),
            (false, true) => {
                let build = Build(tree.line);
                let named = build.map([("Condition", build.text(condition))]);
                let not = build.map([("Fn::Not", build.list(vec![named]))]);
                let name = format!("NOT{condition}{id}");
                let conditions = &mut self.world.stacks[self.stack].conditions;
                conditions.insert(name.clone(), not);
                Some((Some(name), Some(yes.clone())))
            }
            (false, false) => None,
        }
    }

    /// Returns a condition that holds if both hold.
    fn both(
        &mut self,
        id: &str,
        first: Option<&String>,
        second: Option<&String>,
    ) -> Option<String> {
        let (Some(first), Some(second)) = (first, second) else {
            return first.or(second).cloned();
        };
        let build = Build(0);
        let named = |name: &str| build.map([("Condition", build.text(name))]);
        let and = build.map([("Fn::And", build.list(vec![named(first), named(second)]))]);
        let name = format!("{first}AND{second}{id}");
        let conditions = &mut self.world.stacks[self.stack].conditions;
        conditions.insert(name.clone(), and);
        Some(name)
    }
}
