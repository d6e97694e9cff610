//! Reads `EventBridge` Scheduler.

use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::ScheduleState;
use piitrail_flow::topology::declared::{DeclaredInput, Document};
use piitrail_flow::topology::{End, PlainRoute, PlainRouteKind, ResourceKind as Kind};

use super::calls::{Action, Calls};
use super::found::{Found, end, plain};

// Scheduler allows more than this in every region.
// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html>
const LIST: Action = Action::new("scheduler:ListSchedules", 20);
const GET: Action = Action::new("scheduler:GetSchedule", 50);

pub(super) const ACTIONS: &[Action] = &[LIST, GET];

pub(super) async fn read(calls: &Calls, config: &SdkConfig, found: &mut Found) {
    let client = Client::new(config);
    let schedules = calls
        .list(&LIST, async |token| {
            let request = || client.list_schedules().max_results(100);
            let ask = || request().set_next_token(token.clone()).send();
            let page = calls.call(&LIST, ask).await?;
            Some((page.schedules, page.next_token))
        })
        .await;
    let schedules = calls
        .each(schedules, |schedule| {
            let client = &client;
            async move {
                let (name, group) = (schedule.name?, schedule.group_name);
                let request = || client.get_schedule().name(&name);
                let ask = || request().set_group_name(group.clone()).send();
                calls.call(&GET, ask).await
            }
        })
        .await;
    for schedule in schedules {
        match route(schedule) {
            Some(route) => found.scheduled(route),
            None => calls.unreadable(&GET),
        }
    }
}

fn route(schedule: GetScheduleOutput) -> Option<PlainRoute> {
    let target = schedule.target?;
    // The name has its group before it, so that it is told from the name of a rule.
    let group = schedule.group_name.unwrap_or_else(|| "default".to_owned());
    let input = target
        .input
        .map(|text| DeclaredInput::Constant(Document::Text(text)));
    let dead_letters = target.dead_letter_config.and_then(|config| config.arn);
    let task = target.ecs_parameters.map(|given| given.task_definition_arn);
    let to = end(Kind::Other, task.as_ref().unwrap_or(&target.arn));
    Some(PlainRoute {
        via: Some(format!("{group}/{}", schedule.name?)),
        input: input.and_then(DeclaredInput::into_json),
        disabled: schedule.state == Some(ScheduleState::Disabled),
        dead_letters: dead_letters.map(|arn| end(Kind::Queue, &arn).name().clone()),
        ..plain(PlainRouteKind::Schedule, End::clock(), to)
    })
}
