//! Expands the events that Lambda polls for.

use crate::node::Tree;

use super::events::{Event, Service, alphanumeric, destination};

impl Service<'_, '_> {
    pub(super) fn mapping(&mut self, event: &Event<'_>, kind: &str) {
        let build = event.build();
        let source = match kind {
            "Kafka" => None,
            "DocumentDB" => event.get("cluster"),
            _ => event.get_or_whole("arn"),
        };
        let named = source.as_ref().map_or_else(String::new, name_in_arn);
        let text = source
            .as_ref()
            .and_then(|source| source.as_text())
            .unwrap_or_default();
        let stream = event.get("type").and_then(|kind| kind.scalar_text());
        let kind = match (kind, stream.as_deref()) {
            ("stream", Some("dynamodb")) => "Dynamodb",
            ("stream", Some(_)) => "Kinesis",
            ("stream", None) if text.contains(":kinesis:") => "Kinesis",
            ("stream", None) => "Dynamodb",
            (kind, _) => kind,
        };
        let id = format!("{}EventSourceMapping{kind}{named}", event.prefix);
        let filters = event.get("filterPatterns");
        let filters = filters
            .as_ref()
            .and_then(|filters| filters.as_list())
            .map(|list| {
                let filter = |pattern: &Tree| build.map([("Pattern", pattern.clone())]);
                build.map([("Filters", build.list(list.iter().map(filter).collect()))])
            });
        let failure = event
            .get("destinations")
            .and_then(|all| all.get("onFailure").cloned());
        let failure = failure.map(|target| {
            let arn = destination(&target);
            let destination = build.map([("Destination", arn)]);
            build.map([("OnFailure", destination)])
        });
        let servers = event.get("bootstrapServers").map(|servers| {
            let endpoints = build.map([("KafkaBootstrapServers", servers)]);
            build.map([("Endpoints", endpoints)])
        });
        let topics = event.get("topic").map(|topic| build.list(vec![topic]));
        let queues = event.get("queue").map(|queue| build.list(vec![queue]));
        let properties = build.some([
            ("EventSourceArn", source),
            ("SelfManagedEventSource", servers),
            ("FunctionName", Some(event.function())),
            ("Enabled", Some(build.bool(!event.is_disabled()))),
            ("BatchSize", event.get("batchSize")),
            ("StartingPosition", event.get("startingPosition")),
            ("FilterCriteria", filters),
            ("DestinationConfig", failure),
            ("Topics", topics),
            ("Queues", queues),
        ]);
        self.add(&id, "AWS::Lambda::EventSourceMapping", &properties);
    }
}

/// Returns the part of an ARN that ids contain: the resource that a function refers to, or the last
/// part of a text (for a table's stream, the table).
pub(super) fn name_in_arn(arn: &Tree) -> String {
    if let Some(id) = arn.referenced_id() {
        return alphanumeric(id);
    }
    match (arn.as_text(), arn.single()) {
        (Some(text), _) => {
            let last = text.rsplit(':').next().unwrap_or(text);
            let name = if text.contains(":dynamodb:") || text.contains(":kinesis:") {
                text.split('/').nth(1).unwrap_or(last)
            } else {
                last
            };
            alphanumeric(name)
        }
        (None, Some(("Fn::ImportValue", name))) => {
            alphanumeric(&name.scalar_text().unwrap_or_default())
        }
        (None, Some(("Fn::Join", argument))) => {
            let items = argument.as_list().and_then(|list| list.get(1)?.as_list());
            let last = items.and_then(|items| items.last()?.scalar_text());
            alphanumeric(
                last.unwrap_or_default()
                    .rsplit([':', '/'])
                    .next()
                    .unwrap_or_default(),
            )
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::node::Build;

    use super::*;

    #[test]
    fn a_mapping_is_named_by_its_source() {
        let text = |text: &str| name_in_arn(&Build(1).text(text));
        assert_eq!(text("arn:aws:sqs:us-east-1:1:my-queue"), "myqueue");
        assert_eq!(
            text("arn:aws:dynamodb:us-east-1:1:table/orders/stream/1"),
            "orders"
        );
        assert_eq!(name_in_arn(&Build(1).attribute("Queue", "Arn")), "Queue");
    }
}
