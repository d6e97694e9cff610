//! The topology as a list of resources and one of routes: what other programs read and what tables show.

use serde::Serialize;

use super::{End, Resource, ResourceKind, Route, RouteKind, Topology};
use crate::home::Home;

/// All resources and routes of a topology, each end by its id.
#[derive(Debug, Serialize)]
pub struct Listing {
    /// Everything that is described or that a route starts from or leads to, by kind and name.
    pub resources: Vec<ListedResource>,
    /// The routes of [`Topology::routes`].
    pub routes: Vec<ListedRoute>,
}

/// One resource.
#[derive(Debug, Serialize)]
pub struct ListedResource {
    /// What it is.
    pub kind: ResourceKind,
    /// What a template calls it, or its name with its home.
    pub id: String,
    /// Its name in AWS; `None` where AWS makes it.
    pub name: Option<String>,
    /// Where it is.
    pub home: Home,
    /// Whether it is encrypted at rest: `true`, `false` or `"unknown"`.
    pub encrypted: Encrypted,
    /// How it is encrypted: `service-default`.
    pub encryption: &'static str,
    /// The key, where a customer manages it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How long it keeps what it receives: `4d`, `forever`.
    pub retention: Option<String>,
}

/// One route.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the JSON")]
pub struct ListedRoute {
    /// The id of where it starts.
    pub from: String,
    /// The id of where it leads.
    pub to: String,
    /// What moves the record.
    pub kind: RouteKind,
    /// The id of that rule, subscription, mapping or pipe.
    pub via: String,
    /// Whether only some records take it.
    pub pattern_or_filter: bool,
    /// Whether something else than the whole record arrives.
    pub transformer: bool,
    /// The id of what holds the records that could not be delivered. The route to there is listed too.
    pub dlq: Option<String>,
    /// Whether what is at the end is encrypted at rest.
    pub encrypted: Encrypted,
    /// Whether it leads to the enrichment of a pipe.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub enrichment: bool,
    /// Whether it is switched off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

/// Whether something is encrypted, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encrypted(pub Option<bool>);

impl Serialize for Encrypted {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(known) => serializer.serialize_bool(known),
            None => serializer.serialize_str("unknown"),
        }
    }
}

impl Topology {
    /// The list of everything.
    pub fn listing(&self) -> Listing {
        let routes = self.routes();
        let mut ends: Vec<End> = self.resources().keys().cloned().collect();
        let named = |kind| move |name: &crate::home::Located| End::new(kind, name.clone());
        ends.extend(self.buses().keys().map(named(ResourceKind::Bus)));
        ends.extend(self.queues().keys().map(named(ResourceKind::Queue)));
        ends.extend(self.topics().keys().map(named(ResourceKind::Topic)));
        ends.extend(self.streams().keys().map(named(ResourceKind::Stream)));
        ends.extend(self.tables().keys().map(named(ResourceKind::Table)));
        ends.extend(self.pipes().keys().map(named(ResourceKind::Pipe)));
        ends.extend(routes.iter().map(|route| route.from.clone()));
        ends.extend(routes.iter().map(|route| route.to.clone()));
        ends.sort();
        ends.dedup();
        Listing {
            resources: ends.iter().map(|end| self.listed_resource(end)).collect(),
            routes: routes
                .iter()
                .map(|route| self.listed_route(route))
                .collect(),
        }
    }

    fn listed_resource(&self, end: &End) -> ListedResource {
        let unknown = Resource::default();
        let known = self.resources().get(end).unwrap_or(&unknown);
        ListedResource {
            kind: end.kind(),
            id: self.id_of(end),
            name: (!known.is_name_generated).then(|| end.name().name.clone()),
            home: end.name().home,
            encrypted: Encrypted(known.encryption.is_encrypted()),
            encryption: known.encryption.as_str(),
            key: known.encryption.key().map(ToOwned::to_owned),
            retention: known.retention.map(|retention| retention.to_string()),
        }
    }

    /// A route of this topology as it is listed.
    pub fn listed_route(&self, route: &Route) -> ListedRoute {
        let held = self.resources().get(&route.to);
        ListedRoute {
            from: self.id_of(&route.from),
            to: self.id_of(&route.to),
            kind: route.kind,
            via: route.via.clone(),
            pattern_or_filter: !route.condition.is_empty(),
            transformer: route.input.is_some(),
            dlq: route.dead_letters.as_ref().map(|end| self.id_of(end)),
            encrypted: Encrypted(held.and_then(|held| held.encryption.is_encrypted())),
            enrichment: route.is_enrichment,
            disabled: route.disabled,
        }
    }
}
