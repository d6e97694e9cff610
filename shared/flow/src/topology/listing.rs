//! Lists a topology's resources and routes, for other programs and for tables.

use serde::Serialize;

use super::{Change, End, Resource, ResourceKind, Route, RouteKind, Topology};
use crate::home::Home;

/// All resources and routes of a topology. Each end of a route is given by its id.
#[derive(Debug, Serialize)]
pub struct Listing {
    /// Every resource that is described, and every start and end of a route, by kind and name.
    pub resources: Vec<ListedResource>,
    /// The routes of [`Topology::routes`].
    pub routes: Vec<ListedRoute>,
    /// The changes since the topology before this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// One resource.
#[derive(Debug, Serialize)]
pub struct ListedResource {
    /// The kind of the resource.
    pub kind: ResourceKind,
    /// The id in the template, or the name with its home.
    pub id: String,
    /// The name in AWS, or `None` if AWS generates it.
    pub name: Option<String>,
    /// The home of the resource.
    pub home: Home,
    /// Whether the resource is encrypted at rest: `true`, `false` or `"unknown"`.
    pub encrypted: Encrypted,
    /// The kind of encryption: `service-default`.
    pub encryption: &'static str,
    /// The key, if a customer manages it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The retention: `4d`, `forever`.
    pub retention: Option<String>,
}

/// One route.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the JSON")]
pub struct ListedRoute {
    /// The id of the start.
    pub from: String,
    /// The id of the end.
    pub to: String,
    /// The kind of route.
    pub kind: RouteKind,
    /// The id of the rule, subscription, mapping or pipe.
    pub via: String,
    /// True if only some records are accepted.
    pub pattern_or_filter: bool,
    /// True if something else than the whole record is passed on.
    pub transformer: bool,
    /// The id of the place for records that could not be delivered. The route to it is listed too.
    pub dlq: Option<String>,
    /// Whether the end is encrypted at rest.
    pub encrypted: Encrypted,
    /// True if the route leads to the enrichment of a pipe.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub enrichment: bool,
    /// True if the route is switched off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// True if it is unknown whether the route exists, or which records it accepts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
}

/// Whether a resource is encrypted, or `None` if that is unknown.
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
    /// Returns all resources and routes of the topology.
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
            changes: self.changes().to_vec(),
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

    /// Returns a route of this topology in its listed form.
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
            approximate: route.is_approximate,
        }
    }
}
