//! Expands the events of topics and their subscriptions.

use crate::node::{Build, Kind, Tree};
use crate::note::NoteKind;

use super::events::{Event, Service, alphanumeric, capitalised};
use super::mapping::name_in_arn;

impl Service<'_, '_> {
    pub(super) fn topic(&mut self, event: &Event<'_>) {
        let build = event.build();
        let arn = event.get("arn");
        let given = event.get_or_whole("topicName");
        let is_arn = |tree: &Tree| match tree.as_text() {
            Some(text) => text.starts_with("arn:"),
            None => true,
        };
        let arn = arn.or_else(|| given.clone().filter(is_arn));
        let subscription = build.some([
            ("Protocol", Some(build.text("lambda"))),
            ("Endpoint", Some(event.function())),
            ("FilterPolicy", event.get("filterPolicy")),
            ("FilterPolicyScope", event.get("filterPolicyScope")),
            (
                "RedrivePolicy",
                event.get("redrivePolicy").map(|policy| redrive(&policy)),
            ),
        ]);
        let with_topic = |topic: Tree| {
            let mut entries = subscription.as_map().cloned().unwrap_or_default();
            entries.insert("TopicArn".to_owned(), topic);
            build.node(Kind::Map(entries))
        };
        if let Some(arn) = arn {
            let name = given.as_ref().filter(|given| !is_arn(given));
            let name = match name.and_then(|name| name.as_text()) {
                Some(name) => alphanumeric(name),
                None => name_in_arn(&arn),
            };
            let id = format!("{}SnsSubscription{name}", event.prefix);
            self.add(&id, "AWS::SNS::Subscription", &with_topic(arn));
            return;
        }
        let Some(name) = given.and_then(|name| name.scalar_text()) else {
            self.note(
                event.key,
                event.config.line,
                NoteKind::Malformed("the topic's event"),
            );
            return;
        };
        let topic = format!("SNSTopic{}", capitalised(&alphanumeric(&name)));
        let has_own = event.get("filterPolicy").is_some() || event.get("redrivePolicy").is_some();
        if has_own {
            let id = format!("{}SnsSubscription{}", event.prefix, alphanumeric(&name));
            self.add(
                &id,
                "AWS::SNS::Subscription",
                &with_topic(build.reference(&topic)),
            );
        }
        let known = self
            .resources
            .get(&topic)
            .and_then(|topic| topic.get("Properties"));
        let known = known.and_then(|topic| topic.get("Subscription")?.as_list());
        let mut subscriptions = known.unwrap_or_default().to_vec();
        if !has_own {
            subscriptions.push(subscription);
        }
        let properties = build.map([
            ("TopicName", build.text(name)),
            ("Subscription", build.list(subscriptions)),
        ]);
        self.add(&topic, "AWS::SNS::Topic", &properties);
    }
}

/// Converts the framework's own spellings of a topic's dead-letter queue.
fn redrive(tree: &Tree) -> Tree {
    let build = Build(tree.line);
    let arn = tree
        .get("deadLetterTargetArn")
        .cloned()
        .or_else(|| {
            let id = tree.get_text("deadLetterTargetRef")?;
            Some(build.attribute(id, "Arn"))
        })
        .or_else(|| tree.get("deadLetterTargetImport")?.get("arn").cloned());
    build.some([("deadLetterTargetArn", arn)])
}
