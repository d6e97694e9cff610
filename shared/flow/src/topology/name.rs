//! Names of resources, as a person or an account writes them: plain, with a home, or as an ARN.
//!
//! Names in payloads are accepted as they are ([`Located::from`]), because nobody can correct them.
//! Names in a topology are checked, because a home with a mistake in it would make a resource that
//! no record ever reaches.

use super::resource::ResourceKind;
use crate::home::{Home, Located};

/// A problem with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// The name is empty.
    #[error("a name is empty; give the name that AWS shows")]
    Empty,
    /// The part after `@` is not a home.
    #[error(
        "the part of a name behind @ is not a home; write region/account as in \
         orders@eu-west-1/222222222222, with * for a part that is not known"
    )]
    Home,
    /// The text begins like an ARN but is not complete.
    #[error(
        "an ARN is not complete; write it as AWS shows it, as in \
         arn:aws:sqs:eu-west-1:222222222222:orders, or give the name alone"
    )]
    Arn,
    /// The ARN names a resource of another kind.
    #[error("this is the ARN of {}, and {} belongs here", .is.in_words(), .should_be.in_words())]
    OtherKind {
        /// The kind in the ARN.
        is: ResourceKind,
        /// The kind that is needed.
        should_be: ResourceKind,
    },
}

/// Reads the name and home of a resource of this kind.
pub(super) fn located(kind: ResourceKind, text: &str) -> Result<Located, NameProblem> {
    if text.trim().is_empty() {
        return Err(NameProblem::Empty);
    }
    // The name of a service or an endpoint may have any form.
    if matches!(kind, ResourceKind::Service | ResourceKind::Endpoint) {
        return Ok(plain(text));
    }
    if text.starts_with("arn:") {
        return match of_arn(text) {
            Some((is, name)) if is == kind => Ok(name),
            // A table's stream may stand among the streams, under the name of the table.
            Some((ResourceKind::Table, name)) if kind == ResourceKind::Stream => Ok(name),
            Some((is, _)) if kind != ResourceKind::Other => Err(NameProblem::OtherKind {
                is,
                should_be: kind,
            }),
            // This is the ARN of an AWS service that routes do not know.
            _ if kind == ResourceKind::Other && text.split(':').count() >= 6 => Ok(Located {
                name: text.splitn(6, ':').nth(5).unwrap_or(text).to_owned(),
                home: Home::of_arn(text),
            }),
            _ => Err(NameProblem::Arn),
        };
    }
    let Some((name, home)) = text.rsplit_once('@') else {
        return Ok(plain(text));
    };
    if name.is_empty() {
        return Err(NameProblem::Empty);
    }
    let home = Home::parse(home).ok_or(NameProblem::Home)?;
    Ok(Located {
        name: name.to_owned(),
        home,
    })
}

fn plain(text: &str) -> Located {
    Located {
        name: text.to_owned(),
        home: Home::UNKNOWN,
    }
}

/// Returns the kind and the name of the resource in an ARN. The forms are those of AWS's "Service
/// Authorization Reference", resource types by service.
pub(super) fn of_arn(arn: &str) -> Option<(ResourceKind, Located)> {
    use ResourceKind as Kind;
    let mut parts = arn.splitn(6, ':');
    if parts.next() != Some("arn") {
        return None;
    }
    let (_partition, service) = (parts.next()?, parts.next()?);
    let resource = parts.nth(2)?;
    let by_slash = resource.split_once('/');
    let by_colon = resource.split_once(':');
    let first = |text: &str, end: char| text.split(end).next().unwrap_or_default().to_owned();
    let (kind, name) = match (service, by_slash, by_colon) {
        ("sqs", None, None) => (Kind::Queue, resource.to_owned()),
        // The ARN of a subscription is that of its topic with an id after it.
        ("sns", None, _) => (Kind::Topic, first(resource, ':')),
        ("events", Some(("event-bus", name)), _) => (Kind::Bus, name.to_owned()),
        // A V2 bus has an id behind its name.
        ("events", Some(("event-busv2", name)), _) => (Kind::Bus, first(name, '/')),
        ("events", Some(("archive", name)), _) => (Kind::Archive, name.to_owned()),
        ("events", Some(("api-destination", name)), _) => (Kind::ApiDestination, first(name, '/')),
        ("kinesis", Some(("stream", name)), _) => (Kind::Stream, first(name, '/')),
        ("dynamodb", Some(("table", name)), _) => (Kind::Table, first(name, '/')),
        ("lambda", _, Some(("function", name))) => (Kind::Function, first(name, ':')),
        ("pipes", Some(("pipe", name)), _) => (Kind::Pipe, name.to_owned()),
        ("logs", _, Some(("log-group", name))) => (Kind::LogGroup, first(name, ':')),
        ("states", _, Some(("stateMachine", name))) => (Kind::StateMachine, first(name, ':')),
        ("firehose", Some(("deliverystream", name)), _) => (Kind::Firehose, name.to_owned()),
        ("s3", _, _) => (Kind::Bucket, first(resource, '/')),
        ("es", Some(("domain", name)), _) | ("aoss", Some(("collection", name)), _) => {
            (Kind::OpenSearch, name.to_owned())
        }
        ("redshift", _, Some(("cluster", name)))
        | ("redshift-serverless", Some(("workgroup", name)), _) => {
            (Kind::Redshift, name.to_owned())
        }
        ("ecs", Some(("cluster", name)), _) => (Kind::EcsTask, name.to_owned()),
        // A task definition has its revision behind its family.
        ("ecs", Some(("task-definition", name)), _) => (Kind::EcsTask, first(name, ':')),
        ("batch", Some(("job-queue", name)), _) => (Kind::BatchJob, name.to_owned()),
        ("execute-api", _, _) => (Kind::Api, first(resource, '/')),
        ("appsync", Some(("apis" | "endpoints/graphql-api", name)), _) => {
            (Kind::GraphqlApi, first(name, '/'))
        }
        (
            "bedrock",
            Some(("foundation-model" | "knowledge-base" | "agent" | "inference-profile", name)),
            _,
        ) => (Kind::Bedrock, name.to_owned()),
        ("healthlake", Some(("datastore", name)), _) => (
            Kind::HealthLake,
            name.rsplit('/').next().unwrap_or(name).to_owned(),
        ),
        ("scheduler", Some(("schedule", name)), _) => (Kind::Schedule, name.to_owned()),
        _ => return None,
    };
    let home = Home::of_arn(arn);
    (!name.is_empty()).then_some((kind, Located { name, home }))
}

/// Returns the function in one of the forms that Lambda takes beside a name and an ARN: a partial ARN
/// (`222222222222:function:mailer`, `function:mailer`), and a name with a qualifier (`mailer:live`).
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>
pub(super) fn of_partial_function(text: &str) -> Option<Located> {
    let parts: Vec<&str> = text.split(':').collect();
    let (account, name) = match parts[..] {
        [account, "function", name] | [account, "function", name, _]
            if account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit()) =>
        {
            (account, name)
        }
        ["function", name] | ["function", name, _] => ("", name),
        [name, qualifier]
            if !matches!(
                name,
                "param" | "import" | "unknown" | "output" | "stack" | "cf" | "var"
            ) && !name.starts_with("{{")
                && !qualifier.is_empty() =>
        {
            ("", name)
        }
        _ => return None,
    };
    (!name.is_empty()).then(|| Located {
        name: name.to_owned(),
        home: Home::of(account, ""),
    })
}

/// Returns the queue in a URL: `https://sqs.eu-west-1.amazonaws.com/222222222222/orders`.
pub(super) fn of_queue_url(url: &str) -> Option<Located> {
    let mut parts = url.strip_prefix("https://sqs.")?.splitn(3, '/');
    let region = parts.next()?.split('.').next()?;
    let account = parts.next()?;
    let name = parts.next().filter(|name| !name.is_empty())?;
    Some(Located {
        name: name.to_owned(),
        home: Home::of(account, region),
    })
}

/// Changes a name so that it reads back as it is written. A valid name of AWS is not changed.
pub(super) fn writable(kind: ResourceKind, mut name: Located) -> Located {
    if name.name.trim().is_empty() {
        "unknown:".clone_into(&mut name.name);
    }
    if matches!(kind, ResourceKind::Service | ResourceKind::Endpoint) {
        return name;
    }
    if name.name.starts_with("arn:") {
        name.name.insert(0, ':');
    }
    if name.home.is_unknown() && name.name.contains('@') {
        name.name = name.name.replace('@', "%40");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_plain_with_its_home_and_as_an_arn() {
        for text in [
            "jobs@eu-west-1/222222222222",
            "arn:aws:sqs:eu-west-1:222222222222:jobs",
            "arn:aws-cn:sqs:eu-west-1:222222222222:jobs",
        ] {
            let name = located(ResourceKind::Queue, text).unwrap();
            assert_eq!(name.to_string(), "jobs@eu-west-1/222222222222", "{text}");
        }
        assert_eq!(
            located(ResourceKind::Queue, "jobs").unwrap().to_string(),
            "jobs"
        );
        let vendor = located(ResourceKind::Service, "mail@wing").unwrap();
        assert_eq!(vendor.to_string(), "mail@wing");
    }

    #[test]
    fn every_kind_of_arn_gives_the_name_that_envelopes_give() {
        for (arn, kind, name) in [
            ("arn:aws:sns:eu-west-1:222222222222:news", "topic", "news"),
            (
                "arn:aws:sns:eu-west-1:222222222222:news:6b0e71bd",
                "topic",
                "news",
            ),
            (
                "arn:aws:events:eu-west-1:222222222222:event-bus/shop",
                "bus",
                "shop",
            ),
            (
                "arn:aws:events:eu-west-1:222222222222:event-busv2/shop/a1b2c3d4e5f6",
                "bus",
                "shop",
            ),
            (
                "arn:aws:events:eu-west-1:222222222222:archive/all",
                "archive",
                "all",
            ),
            (
                "arn:aws:events:eu-west-1:222222222222:api-destination/mail/0a1b",
                "api-destination",
                "mail",
            ),
            (
                "arn:aws:kinesis:eu-west-1:222222222222:stream/clicks",
                "stream",
                "clicks",
            ),
            (
                "arn:aws:kinesis:eu-west-1:222222222222:stream/clicks/consumer/a:1",
                "stream",
                "clicks",
            ),
            (
                "arn:aws:dynamodb:eu-west-1:222222222222:table/orders/stream/2026-01-01T00:00",
                "table-stream",
                "orders",
            ),
            (
                "arn:aws:lambda:eu-west-1:222222222222:function:bill:live",
                "function",
                "bill",
            ),
            (
                "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/events/debug:*",
                "log-group",
                "/aws/events/debug",
            ),
            (
                "arn:aws:states:eu-west-1:222222222222:stateMachine:checkout",
                "state-machine",
                "checkout",
            ),
            (
                "arn:aws:firehose:eu-west-1:222222222222:deliverystream/lake",
                "firehose",
                "lake",
            ),
            ("arn:aws:s3:::invoices", "bucket", "invoices"),
            ("arn:aws:pipes:eu-west-1:222222222222:pipe/p", "pipe", "p"),
        ] {
            let (is, named) = of_arn(arn).unwrap();
            assert_eq!((is.as_str(), named.name.as_str()), (kind, name), "{arn}");
        }
        for none in [
            "",
            "arn:",
            "arn:aws:sqs",
            "arn:aws:sqs:a:b:",
            "orders",
            "arn:aws:iam::1:role/x",
        ] {
            assert!(of_arn(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_name_with_a_mistake_in_it_is_refused_with_what_would_be_right() {
        let problem = |text| located(ResourceKind::Queue, text).unwrap_err();
        for wrong in ["q@eu-west-1/12", "q@", "q@jane", "q@*", "a@b@eu-west-1"] {
            assert_eq!(problem(wrong), NameProblem::Home, "{wrong}");
        }
        for empty in ["", "  ", "@eu-west-1/222222222222"] {
            assert_eq!(problem(empty), NameProblem::Empty, "{empty}");
        }
        assert_eq!(problem("arn:aws:sqs"), NameProblem::Arn);
        assert_eq!(
            problem("arn:aws:sns:eu-west-1:222222222222:news").to_string(),
            "this is the ARN of a topic, and a queue belongs here"
        );
    }
}
