//! Expands `AWS::Serverless::Connector`, which allows one resource to use another. The connector is
//! kept as a resource with its ends. The policies of queues and topics and the permissions of
//! functions are made as SAM makes them; the policies of roles (`AWS::IAM::ManagedPolicy`) are not.

use crate::node::{Build, Kind, Tree};
use crate::note::NoteKind;
use crate::world::Raw;

use super::Expansion;
use super::schedule::source_is;

/// An end of a connector, as the connector describes it or as it follows from its resource.
struct ConnectorEnd {
    kind: String,
    arn: Option<Tree>,
    url: Option<Tree>,
    id: Option<Tree>,
    qualifier: Option<Tree>,
}

/// A connector for one of its destinations.
struct Connection<'c> {
    connector: &'c str,
    /// The suffix of ids if there are several destinations.
    suffix: String,
    source: &'c ConnectorEnd,
    destination: &'c ConnectorEnd,
    condition: Option<String>,
    build: Build,
}

/// Returns the type that a SAM resource has in CloudFormation.
fn plain_kind(kind: &str) -> &str {
    match kind {
        "AWS::Serverless::Function" => "AWS::Lambda::Function",
        "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
        "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        other => other,
    }
}

/// Returns the service that a function, queue or topic must allow in its own policy for this
/// source.
fn principal(source: &str) -> Option<&'static str> {
    Some(match source {
        "AWS::Events::Rule" => "events.amazonaws.com",
        "AWS::SNS::Topic" => "sns.amazonaws.com",
        "AWS::S3::Bucket" => "s3.amazonaws.com",
        "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => "apigateway.amazonaws.com",
        "AWS::AppSync::GraphQLApi" => "appsync.amazonaws.com",
        _ => return None,
    })
}

impl Expansion<'_, '_> {
    /// Collects the connectors that are written inside a resource.
    pub(super) fn embedded_connectors(&mut self, id: &str, resource: &Tree) {
        let Some(connectors) = resource.get("Connectors").and_then(|node| node.as_map()) else {
            return;
        };
        for (name, connector) in connectors {
            let build = Build(connector.line);
            let Some(properties) = connector.get("Properties").and_then(|node| node.as_map())
            else {
                self.note(id, connector.line, NoteKind::Malformed("the connector"));
                continue;
            };
            let mut properties = properties.clone();
            let mut source = vec![("Id", build.text(id))];
            let more = properties.shift_remove("SourceReference");
            for (key, value) in more.iter().filter_map(|more| more.as_map()).flatten() {
                source.push((key, value.clone()));
            }
            properties.insert("Source".to_owned(), build.map(source));
            let mut entries = connector.as_map().cloned().unwrap_or_default();
            entries.insert("Properties".to_owned(), build.node(Kind::Map(properties)));
            let connector = build.node(Kind::Map(entries));
            self.connectors.push((format!("{id}{name}"), connector));
        }
    }

    pub(super) fn connector(&mut self, id: &str, connector: &Tree) {
        let build = Build(connector.line);
        let properties = connector.get("Properties");
        let entries = properties.and_then(|node| node.as_map()).cloned();
        let condition = connector.get_text("Condition").map(str::to_owned);
        let raw = Raw {
            kind: "AWS::Serverless::Connector".to_owned(),
            line: connector.line,
            properties: entries.unwrap_or_default(),
            condition: condition.clone(),
            made_from: None,
            cdk_path: None,
            asset: None,
            policies: Vec::new(),
        };
        let source = raw.properties.get("Source").cloned();
        let destination = raw.properties.get("Destination").cloned();
        let permissions = raw.properties.get("Permissions").cloned();
        self.made.insert(id.to_owned(), raw);
        let (Some(source), Some(destination)) = (source, destination) else {
            self.note(id, connector.line, NoteKind::Malformed("the connector"));
            return;
        };
        let permissions = permissions.as_ref().and_then(|list| list.as_list());
        let may_write =
            permissions.is_some_and(|list| list.iter().any(|item| item.as_text() == Some("Write")));
        if !may_write {
            return;
        }
        let several = destination.as_list().map(<[Tree]>::to_vec);
        let suffixed = several.is_some();
        let destinations = several.unwrap_or_else(|| vec![destination]);
        let Some(source) = self.connector_end(&source) else {
            self.note(id, connector.line, NoteKind::Malformed("the connector"));
            return;
        };
        for (index, destination) in destinations.iter().enumerate() {
            let Some(destination) = self.connector_end(destination) else {
                self.note(id, connector.line, NoteKind::Malformed("the connector"));
                continue;
            };
            let suffix = if suffixed {
                format!("Destination{index}")
            } else {
                String::new()
            };
            self.connection(&Connection {
                connector: id,
                suffix,
                source: &source,
                destination: &destination,
                condition: condition.clone(),
                build,
            });
        }
    }

    fn connection(&mut self, connection: &Connection<'_>) {
        match connection.destination.kind.as_str() {
            "AWS::Lambda::Function" => self.connector_permission(connection),
            "AWS::SQS::Queue" => self.connector_policy(connection, "sqs:SendMessage"),
            "AWS::SNS::Topic" => self.connector_policy(connection, "sns:Publish"),
            _ => {}
        }
    }

    fn connector_permission(&mut self, connection: &Connection<'_>) {
        let source = connection.source;
        let build = connection.build;
        let (Some(principal), Some(function)) =
            (principal(&source.kind), connection.destination.arn.clone())
        else {
            return;
        };
        let part = |tree: &Option<Tree>| tree.clone().unwrap_or_else(|| build.text("*"));
        let arn = match source.kind.as_str() {
            "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => Some(build.sub(
                "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Id}/${Qualifier}",
                Some(build.map([
                    ("Id", part(&source.id)),
                    ("Qualifier", part(&source.qualifier)),
                ])),
            )),
            "AWS::AppSync::GraphQLApi" => Some(build.sub(
                "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${Id}",
                Some(build.map([("Id", part(&source.id))])),
            )),
            _ => source.arn.clone(),
        };
        let account = (source.kind == "AWS::S3::Bucket").then(|| build.reference("AWS::AccountId"));
        let properties = build.some([
            ("Action", Some(build.text("lambda:InvokeFunction"))),
            ("FunctionName", Some(function)),
            ("Principal", Some(build.text(principal))),
            ("SourceArn", arn),
            ("SourceAccount", account),
        ]);
        let id = format!(
            "{}WriteLambdaPermission{}",
            connection.connector, connection.suffix
        );
        let condition = connection.condition.as_ref();
        let kind = "AWS::Lambda::Permission";
        self.add(id, kind, connection.connector, condition, &properties);
    }

    fn connector_policy(&mut self, connection: &Connection<'_>, action: &str) {
        let source = connection.source;
        let build = connection.build;
        let sends = matches!(
            source.kind.as_str(),
            "AWS::Events::Rule" | "AWS::SNS::Topic"
        );
        let arns = (source.arn.clone(), connection.destination.arn.clone());
        let (true, Some(principal), (Some(from), Some(to))) =
            (sends, principal(&source.kind), arns)
        else {
            return;
        };
        let statement = build.map([
            ("Effect", build.text("Allow")),
            ("Principal", build.map([("Service", build.text(principal))])),
            ("Resource", to.clone()),
            ("Action", build.text(action)),
            ("Condition", source_is(build, from)),
        ]);
        let document = build.map([
            ("Version", build.text("2012-10-17")),
            ("Statement", build.list(vec![statement])),
        ]);
        let (named, kind, list, held) = match action {
            "sqs:SendMessage" => {
                let url = connection.destination.url.clone();
                ("QueuePolicy", "AWS::SQS::QueuePolicy", "Queues", url)
            }
            _ => ("TopicPolicy", "AWS::SNS::TopicPolicy", "Topics", Some(to)),
        };
        let Some(held) = held else {
            return;
        };
        let properties = build.map([("PolicyDocument", document), (list, build.list(vec![held]))]);
        let id = format!("{}{named}{}", connection.connector, connection.suffix);
        let condition = connection.condition.as_ref();
        self.add(id, kind, connection.connector, condition, &properties);
    }

    fn connector_end(&mut self, end: &Tree) -> Option<ConnectorEnd> {
        let given = |name: &str| end.get(name).cloned();
        let Some(id) = end.get_text("Id") else {
            return Some(ConnectorEnd {
                kind: plain_kind(end.get_text("Type")?).to_owned(),
                arn: given("Arn"),
                url: given("QueueUrl"),
                id: given("ResourceId"),
                qualifier: given("Qualifier"),
            });
        };
        let build = Build(end.line);
        let kind = self.made.get(id)?.kind.clone();
        let by_reference = matches!(
            kind.as_str(),
            "AWS::SNS::Topic"
                | "AWS::StepFunctions::StateMachine"
                | "AWS::AppSync::GraphQLApi"
                | "AWS::AppSync::DataSource"
        );
        let arn = if by_reference {
            build.reference(id)
        } else {
            build.attribute(id, "Arn")
        };
        let resource_id = match kind.as_str() {
            "AWS::AppSync::GraphQLApi" => build.attribute(id, "ApiId"),
            _ => build.reference(id),
        };
        Some(ConnectorEnd {
            kind,
            arn: Some(arn),
            url: Some(build.reference(id)),
            id: Some(resource_id),
            qualifier: given("Qualifier"),
        })
    }
}
