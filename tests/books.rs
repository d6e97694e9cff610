//! The books in DynamoDB: the suite every store must pass, against a real table's answers.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use piitrail_aws::dynamodb::DynamoStore;
use piitrail_flow::store::conformance;
use serde_json::json;

use crate::machine_room::{MachineRoom, REGION};

#[tokio::test]
async fn dynamodb_passes_the_suite_of_every_store() {
    let room = MachineRoom::start();
    let tables = AtomicU32::new(0);
    conformance::run(|| {
        let table = format!("books-{}", tables.fetch_add(1, Ordering::Relaxed));
        create(&room, &table);
        let store = DynamoStore::new(client(&room), table);
        async { store }
    })
    .await;
}

/// An empty table with the keys of template.yaml.
fn create(room: &MachineRoom, table: &str) {
    let table = json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
    });
    room.aws()
        .json("dynamodb", "DynamoDB_20120810.CreateTable", &table);
}

fn client(room: &MachineRoom) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(room.aws().endpoint())
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .build();
    Client::from_conf(config)
}
