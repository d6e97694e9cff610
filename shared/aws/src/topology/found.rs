//! What a reader found.

use piitrail_flow::home::Home;
use piitrail_flow::topology::declared::{
    Declaration, Declarations, DeclaredResource, KeySetting, Refusal, Setting,
};
use piitrail_flow::topology::{Draft, End, Origin, PlainRoute, PlainRouteKind, ResourceKind};

use super::calls::{Action, Calls};

/// The number of parts left out that are kept by name.
const LEFT_OUT_MAX: usize = 1_000;

/// A part of a description that AWS gave and that is not on the map.
#[derive(Debug)]
pub struct LeftOut {
    /// The resource, or the start of the route.
    pub name: String,
    /// The reason.
    pub reason: Refusal,
}

/// The declarations that a reader made in one home.
#[derive(Debug, Default)]
pub(super) struct Found {
    declarations: Declarations,
    left_out: Vec<LeftOut>,
    resources: usize,
}

impl Found {
    /// Adds a declaration that the answer to a call made. If a part of it is left out, the answer is
    /// a gap.
    pub(super) fn declare(
        &mut self,
        calls: &Calls,
        action: &Action,
        name: &str,
        declaration: Declaration,
    ) {
        for reason in self.declarations.add(declaration) {
            calls.unreadable(action);
            if self.left_out.len() < LEFT_OUT_MAX {
                self.left_out.push(LeftOut {
                    name: name.to_owned(),
                    reason,
                });
            }
        }
    }

    /// Adds a resource.
    pub(super) fn resource(
        &mut self,
        end: &End,
        key: Setting<KeySetting>,
        retention: Setting<u64>,
        has_stream: bool,
    ) {
        self.resources += 1;
        let _ = self
            .declarations
            .add(Declaration::Resource(DeclaredResource {
                key,
                retention,
                has_stream,
                ..DeclaredResource::new(end.clone())
            }));
    }

    /// Adds a route that passes on every record.
    pub(super) fn route(&mut self, kind: PlainRouteKind, from: &End, to: End) {
        self.plain_route(plain(kind, from.clone(), to));
    }

    /// Adds a schedule, which is a resource and a route.
    pub(super) fn scheduled(&mut self, route: PlainRoute) {
        self.resources += 1;
        self.plain_route(route);
    }

    pub(super) fn plain_route(&mut self, route: PlainRoute) {
        let _ = self.declarations.add(Declaration::Route(route));
    }

    /// Returns the parts of a topology that were found in a home, what was left out, and the number
    /// of resources.
    pub(super) fn finish(self, home: Home) -> (Draft, Vec<LeftOut>, usize) {
        let mut draft = self.declarations.into_draft();
        for route in &mut draft.routes {
            if route.from == End::clock() {
                route.from = End::clock().at(home);
            }
        }
        (draft, self.left_out, self.resources)
    }
}

/// Returns a route without anything but its ends.
pub(super) fn plain(kind: PlainRouteKind, from: End, to: End) -> PlainRoute {
    PlainRoute {
        kind,
        from,
        to,
        via: None,
        filter: None,
        input: None,
        disabled: false,
        is_approximate: false,
        dead_letters: None,
        origin: Origin::default(),
    }
}

/// Returns the end that an ARN names. An ARN of an unknown form is a resource of the usual kind.
pub(super) fn end(usual: ResourceKind, arn: &str) -> End {
    End::of_text(usual, arn)
}

/// Returns the setting of a key that may not be set.
pub(super) fn key(key: Option<&str>) -> Setting<KeySetting> {
    key.filter(|key| !key.is_empty())
        .map_or(Setting::Default, |key| Setting::Is(KeySetting::of_key(key)))
}
