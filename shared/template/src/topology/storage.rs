//! Reads the resources that keep data: streams, tables, buckets, log groups and Firehose. It also
//! reads resources of which only the existence matters.

use piitrail_flow::topology::declared::{Declaration, DeclaredResource, KeySetting, Setting};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};
use serde_json::json;

use super::values::{is_on, number};
use super::{Candidate, Part};
use crate::note::NoteKind;
use crate::value::Value;

/// The destinations of a Firehose stream, with the property that names each.
const DESTINATIONS: &[(&str, &[&str], Kind)] = &[
    ("S3DestinationConfiguration", &["BucketARN"], Kind::Bucket),
    (
        "ExtendedS3DestinationConfiguration",
        &["BucketARN"],
        Kind::Bucket,
    ),
    (
        "RedshiftDestinationConfiguration",
        &["ClusterJDBCURL"],
        Kind::Redshift,
    ),
    (
        "ElasticsearchDestinationConfiguration",
        &["DomainARN"],
        Kind::OpenSearch,
    ),
    (
        "AmazonopensearchserviceDestinationConfiguration",
        &["DomainARN"],
        Kind::OpenSearch,
    ),
    (
        "AmazonOpenSearchServerlessDestinationConfiguration",
        &["CollectionEndpoint"],
        Kind::OpenSearch,
    ),
    (
        "SplunkDestinationConfiguration",
        &["HECEndpoint"],
        Kind::Endpoint,
    ),
    (
        "SnowflakeDestinationConfiguration",
        &["AccountUrl"],
        Kind::Endpoint,
    ),
    (
        "IcebergDestinationConfiguration",
        &["CatalogConfiguration", "CatalogArn"],
        Kind::Other,
    ),
    (
        "HttpEndpointDestinationConfiguration",
        &["EndpointConfiguration", "Url"],
        Kind::Endpoint,
    ),
];

/// The buckets for failed records or for a copy of all records.
const BACKUPS: &[&str] = &["S3Configuration", "S3BackupConfiguration"];

/// Returns the kind of route to a bucket beside a Firehose destination, or `None` if no record goes
/// there. S3 and Redshift back up everything if `S3BackupMode` is `Enabled`, and data for Redshift
/// always passes through `S3Configuration`. The other destinations keep the failed records there,
/// unless the mode says all.
/// <https://docs.aws.amazon.com/firehose/latest/dev/create-configure-backup.html>
fn kept_in_backup(
    destination: &str,
    backup: &str,
    configuration: &Value,
) -> Option<PlainRouteKind> {
    let mode = configuration.get("S3BackupMode");
    let text = mode.and_then(Value::scalar_text);
    match (backup, text.as_deref()) {
        ("S3BackupConfiguration", Some("Disabled")) => None,
        ("S3BackupConfiguration", None) if mode.is_none() => None,
        ("S3BackupConfiguration", _) => Some(PlainRouteKind::Delivery),
        _ if destination.starts_with("Redshift") => Some(PlainRouteKind::Delivery),
        (_, Some(mode)) if mode.starts_with("All") => Some(PlainRouteKind::Delivery),
        _ => Some(PlainRouteKind::OnFailure),
    }
}

/// The lists of a bucket's notifications, with the keys that may name the target. CloudFormation and
/// the S3 API name them differently.
const NOTIFICATIONS: &[(&str, &[&str], Kind)] = &[
    ("LambdaConfigurations", &["Function"], Kind::Function),
    (
        "LambdaFunctionConfigurations",
        &["LambdaFunctionArn"],
        Kind::Function,
    ),
    ("QueueConfigurations", &["Queue", "QueueArn"], Kind::Queue),
    ("TopicConfigurations", &["Topic", "TopicArn"], Kind::Topic),
];

impl Part<'_> {
    /// Declares the resource itself.
    pub(super) fn own_resource(&mut self, key: Setting<KeySetting>, retention: Setting<u64>) {
        self.own_table(key, retention, false);
    }

    fn own_table(&mut self, key: Setting<KeySetting>, retention: Setting<u64>, has_stream: bool) {
        let Some(end) = self.naming.own(self.id) else {
            return;
        };
        self.declare(Declaration::Resource(DeclaredResource {
            end,
            id: Some(self.label()),
            is_name_generated: self.naming.is_name_generated(self.id),
            key,
            retention,
            has_stream,
            origin: self.origin(),
        }));
    }

    /// Declares that the resource exists, and nothing else about it.
    pub(super) fn plain_resource(&mut self) {
        self.own_resource(Setting::Default, Setting::Default);
    }

    /// Declares a route from the resource itself.
    pub(super) fn own_route(&mut self, kind: PlainRouteKind, to: &Value, usual: Kind) {
        let Some(from) = self.naming.own(self.id) else {
            return;
        };
        for to in self.ends(to, usual) {
            let route = self.plain(kind, from.clone(), to.end);
            self.declare_if(to.is_certain, Declaration::Route(route));
        }
    }

    /// Returns a route that this resource makes.
    pub(super) fn plain(&self, kind: PlainRouteKind, from: End, to: End) -> PlainRoute {
        let is_own = self.naming.own(self.id).as_ref() == Some(&from);
        PlainRoute {
            kind,
            from,
            to,
            via: (!is_own).then(|| self.label()),
            filter: None,
            input: None,
            disabled: false,
            is_approximate: false,
            dead_letters: None,
            origin: self.origin(),
        }
    }

    /// Declares the queue or topic for records that the resource could not deliver or process.
    pub(super) fn own_dead_letters(&mut self, keys: &[&str]) {
        if let Some(to) = self.at(keys).cloned() {
            self.own_route(PlainRouteKind::OnFailure, &to, Kind::Queue);
        }
    }

    pub(super) fn stream(&mut self) {
        let encryption = self.at(&["StreamEncryption"]);
        let key = encryption.and_then(|encryption| encryption.get("KeyId"));
        let key = match (encryption, key) {
            (Some(_), None) => Setting::Is(KeySetting::AwsManaged),
            (_, key) => self.key(key),
        };
        let hours = number(self.at(&["RetentionPeriodHours"]));
        self.own_resource(key, hours);
    }

    pub(super) fn table(&mut self) {
        let sse = self.at(&["SSESpecification"]);
        let encrypted = is_on(sse.and_then(|sse| sse.get("SSEEnabled")), false);
        let key = match self.key(sse.and_then(|sse| sse.get("KMSMasterKeyId"))) {
            Setting::Default if encrypted == Some(true) => Setting::Is(KeySetting::AwsManaged),
            Setting::Default if encrypted.is_none() => Setting::Unknown,
            key => key,
        };
        let stream = self
            .at(&["StreamSpecification"])
            .filter(|one| **one != Value::Null);
        let enabled = is_on(stream.and_then(|stream| stream.get("StreamEnabled")), true);
        let has_stream = stream.is_some() && enabled != Some(false);
        self.own_table(key, Setting::Default, has_stream);
        let of_table = self.at(&["KinesisStreamSpecification", "StreamArn"]);
        let replicas = self.at(&["Replicas"]).and_then(Value::as_list);
        let of_replicas = replicas.unwrap_or_default().iter();
        let of_replicas =
            of_replicas.filter_map(|one| one.at(&["KinesisStreamSpecification", "StreamArn"]));
        let streams: Vec<Value> = of_table.into_iter().chain(of_replicas).cloned().collect();
        for to in streams {
            self.own_route(PlainRouteKind::Delivery, &to, Kind::Stream);
        }
    }

    pub(super) fn streaming_destination(&mut self) {
        let tables = self.ends_needed(&["TableName"], Kind::Table, "table");
        let streams = self.ends_needed(&["StreamArn"], Kind::Stream, "stream");
        for table in &tables {
            for stream in &streams {
                let (from, to) = (table.end.clone(), stream.end.clone());
                let route = self.plain(PlainRouteKind::Delivery, from, to);
                let is_certain = table.is_certain && stream.is_certain;
                self.declare_if(is_certain, Declaration::Route(route));
            }
        }
    }

    pub(super) fn bucket(&mut self) {
        let buckets = match self.naming.own(self.id) {
            Some(end) => {
                let key = self.bucket_key();
                self.own_resource(key, Setting::Default);
                vec![Candidate {
                    end,
                    is_certain: true,
                }]
            }
            // The CDK sets the notifications of a bucket with a custom resource that names it.
            None => self.ends_at(&["BucketName"], Kind::Bucket),
        };
        let Some(notifications) = self.at(&["NotificationConfiguration"]).cloned() else {
            return;
        };
        for from in buckets {
            self.notifications(&from, &notifications);
        }
    }

    fn notifications(&mut self, from: &Candidate, notifications: &Value) {
        let kind = PlainRouteKind::BucketNotification;
        for (list, keys, usual) in NOTIFICATIONS {
            let entries = notifications.get(list).and_then(Value::as_list);
            for entry in entries.unwrap_or_default() {
                let filter = entry.get("Filter").map(|filter| {
                    let unknown = json!("unknown");
                    filter.literal().unwrap_or(unknown)
                });
                let to = keys.iter().find_map(|key| entry.get(key));
                let Some(to) = to else {
                    self.note(NoteKind::Missing("notification's target"));
                    continue;
                };
                for to in self.ends(to, *usual) {
                    let route = PlainRoute {
                        filter: filter.clone(),
                        ..self.plain(kind, from.end.clone(), to.end)
                    };
                    let is_certain = from.is_certain && to.is_certain;
                    self.declare_if(is_certain, Declaration::Route(route));
                }
            }
        }
        let bridge = notifications
            .get("EventBridgeConfiguration")
            .filter(|bridge| **bridge != Value::Null);
        let Some(bridge) = bridge else {
            return;
        };
        let enabled = is_on(bridge.get("EventBridgeEnabled"), true);
        if enabled != Some(false) {
            let route = self.plain(kind, from.end.clone(), self.naming.default_bus());
            let is_certain = from.is_certain && enabled.is_some();
            self.declare_if(is_certain, Declaration::Route(route));
        }
    }

    fn bucket_key(&self) -> Setting<KeySetting> {
        let rules = self.at(&["BucketEncryption", "ServerSideEncryptionConfiguration"]);
        let rule = rules.and_then(|rules| {
            rules
                .as_list()?
                .first()?
                .get("ServerSideEncryptionByDefault")
        });
        let Some(rule) = rule else {
            return Setting::Default;
        };
        let algorithm = rule.get("SSEAlgorithm").and_then(Value::as_text);
        match (self.key(rule.get("KMSMasterKeyID")), algorithm) {
            (Setting::Default, Some("AES256")) => Setting::Is(KeySetting::ServiceOwned),
            (Setting::Default, Some(_)) => Setting::Is(KeySetting::AwsManaged),
            (Setting::Default, None) => Setting::Unknown,
            (key, _) => key,
        }
    }

    pub(super) fn log_group(&mut self) {
        let key = self.key(self.at(&["KmsKeyId"]));
        let days = number(self.at(&["RetentionInDays"]));
        self.own_resource(key, days);
    }

    pub(super) fn log_subscription(&mut self) {
        let groups = self.ends_needed(&["LogGroupName"], Kind::LogGroup, "log group");
        let filter = self.at(&["FilterPattern"]).map(|filter| match filter {
            Value::Null => json!(""),
            Value::Text(text) => json!(text),
            _ => json!("unknown"),
        });
        let is_filter = |filter: &serde_json::Value| {
            filter
                .as_str()
                .is_some_and(|filter| !filter.trim().is_empty())
        };
        let filter = filter.filter(is_filter);
        let destinations = self.ends_needed(&["DestinationArn"], Kind::Other, "destination");
        for from in &groups {
            for to in &destinations {
                let route = PlainRoute {
                    filter: filter.clone(),
                    ..self.plain(PlainRouteKind::Logs, from.end.clone(), to.end.clone())
                };
                let is_certain = from.is_certain && to.is_certain;
                self.declare_if(is_certain, Declaration::Route(route));
            }
        }
    }

    pub(super) fn firehose(&mut self) {
        let encryption = self.at(&["DeliveryStreamEncryptionConfigurationInput"]);
        let key = match encryption {
            None | Some(Value::Null) => Setting::Default,
            Some(encryption) => match self.key(encryption.get("KeyARN")) {
                Setting::Default => Setting::Is(KeySetting::ServiceOwned),
                key => key,
            },
        };
        self.own_resource(key, Setting::Default);
        let Some(own) = self.naming.own(self.id) else {
            return;
        };
        let source = ["KinesisStreamSourceConfiguration", "KinesisStreamARN"];
        for stream in self.ends_at(&source, Kind::Stream) {
            let route = PlainRoute {
                via: Some(self.label()),
                ..self.plain(PlainRouteKind::Delivery, stream.end, own.clone())
            };
            self.declare_if(stream.is_certain, Declaration::Route(route));
        }
        let mut is_delivered = false;
        for (destination, property, kind) in DESTINATIONS {
            let Some(configuration) = self.at(&[destination]).cloned() else {
                continue;
            };
            if configuration == Value::Null {
                continue;
            }
            is_delivered = true;
            match configuration.at(property) {
                Some(to) => self.own_route(PlainRouteKind::Delivery, to, *kind),
                None => self.note(NoteKind::Missing("destination's address")),
            }
            for backup in BACKUPS {
                let kept = kept_in_backup(destination, backup, &configuration);
                if let (Some(kind), Some(to)) = (kept, configuration.at(&[backup, "BucketARN"])) {
                    self.own_route(kind, to, Kind::Bucket);
                }
            }
            self.transforming_functions(&configuration);
        }
        if !is_delivered {
            self.note(NoteKind::Missing("destination"));
        }
    }

    /// Reads the functions to which Firehose sends its records before it delivers them ("Transform source
    /// data in Amazon Data Firehose").
    fn transforming_functions(&mut self, destination: &Value) {
        let Some(processing) = destination.get("ProcessingConfiguration").cloned() else {
            return;
        };
        let enabled = is_on(processing.get("Enabled"), false);
        if enabled == Some(false) {
            return;
        }
        let Some(from) = self.naming.own(self.id) else {
            return;
        };
        let processors = processing.get("Processors").and_then(Value::as_list);
        for processor in processors.unwrap_or_default() {
            let parameters = processor.get("Parameters").and_then(Value::as_list);
            let is_function = |one: &&Value| {
                one.get("ParameterName").and_then(Value::as_text) == Some("LambdaArn")
            };
            let named = parameters.unwrap_or_default().iter().find(is_function);
            let Some(arn) = named.and_then(|one| one.get("ParameterValue")) else {
                continue;
            };
            for to in self.ends(arn, Kind::Function) {
                let route = self.plain(PlainRouteKind::Delivery, from.clone(), to.end);
                let is_certain = to.is_certain && enabled.is_some();
                self.declare_if(is_certain, Declaration::Route(route));
            }
        }
    }
}
