//! Reads `EventBridge` Pipes.

use aws_config::SdkConfig;
use aws_sdk_pipes::Client;
use aws_sdk_pipes::operation::describe_pipe::DescribePipeOutput;
use aws_sdk_pipes::types::{PipeSourceParameters, RequestedPipeStateDescribeResponse};
use piitrail_flow::topology::declared::{
    Declaration, DeclaredEnrichment, DeclaredPipe, Document, Setting,
};
use piitrail_flow::topology::{End, Origin, PipeEvent, ResourceKind as Kind};

use super::calls::{Action, Calls};
use super::found::{Found, end, key};

// AWS publishes no rate for these, so they are called slowly.
const LIST: Action = Action::new("pipes:ListPipes", 10);
const DESCRIBE: Action = Action::new("pipes:DescribePipe", 10);

pub(super) const ACTIONS: &[Action] = &[LIST, DESCRIBE];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = Client::new(config);
    let pipes = calls
        .list(&LIST, async |token| {
            let request = || client.list_pipes().limit(100);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST, ask).await?;
            Some((page.pipes.unwrap_or_default(), page.next_token))
        })
        .await;
    let names = pipes.into_iter().filter_map(|pipe| pipe.name);
    let pipes = calls
        .each(names.collect(), |name| {
            let client = &client;
            async move {
                let ask = || client.describe_pipe().name(&name).send();
                calls.call(&DESCRIBE, ask).await
            }
        })
        .await;
    for pipe in pipes {
        let encryption = key(pipe.kms_key_identifier.as_deref());
        let Some(declared) = declared(pipe) else {
            calls.unreadable(&DESCRIBE);
            continue;
        };
        let own = End::of_text(Kind::Pipe, &declared.name.name).at(declared.name.home);
        found.resource(&own, encryption, Setting::Default, false);
        let name = declared.name.name.clone();
        found.declare(
            calls,
            &DESCRIBE,
            &name,
            Declaration::Pipe(Box::new(declared)),
        );
    }
}

fn declared(pipe: DescribePipeOutput) -> Option<DeclaredPipe> {
    let own = end(Kind::Pipe, &pipe.arn?);
    let source = pipe.source_parameters;
    let target = pipe.target_parameters;
    let event = target.as_ref();
    let event = event.and_then(|one| one.event_bridge_event_bus_parameters.as_ref());
    let task = target
        .as_ref()
        .and_then(|one| one.ecs_task_parameters.as_ref());
    let task = task.map(|given| given.task_definition_arn.clone());
    Some(DeclaredPipe {
        name: own.name().clone(),
        from: end(Kind::Other, &pipe.source?),
        filters: source.as_ref().map(filters).unwrap_or_default(),
        on_failure: source.as_ref().and_then(on_failure),
        enrichment: pipe.enrichment.map(|by| DeclaredEnrichment {
            by: end(Kind::Function, &by),
            input_template: pipe
                .enrichment_parameters
                .and_then(|one| one.input_template),
        }),
        to: end(Kind::Other, &task.or(pipe.target)?),
        event: PipeEvent {
            source: event.and_then(|event| event.source.clone()),
            detail_type: event.and_then(|event| event.detail_type.clone()),
            is_unknown: false,
        },
        input_template: target.and_then(|target| target.input_template),
        disabled: pipe.desired_state == Some(RequestedPipeStateDescribeResponse::Stopped),
        origin: Origin::default(),
    })
}

fn filters(source: &PipeSourceParameters) -> Vec<Document> {
    let criteria = source.filter_criteria.as_ref();
    let filters = criteria.and_then(|criteria| criteria.filters.as_deref());
    let patterns: Option<Vec<Document>> = filters
        .unwrap_or_default()
        .iter()
        .map(|filter| filter.pattern.clone().map(Document::Text))
        .collect();
    // A filter without a pattern takes everything.
    patterns.unwrap_or_default()
}

fn on_failure(source: &PipeSourceParameters) -> Option<End> {
    let stream = source.kinesis_stream_parameters.as_ref();
    let stream = stream.and_then(|one| one.dead_letter_config.as_ref());
    let table = source.dynamo_db_stream_parameters.as_ref();
    let table = table.and_then(|one| one.dead_letter_config.as_ref());
    let arn = stream.or(table)?.arn.as_deref()?;
    Some(end(Kind::Queue, arn))
}
