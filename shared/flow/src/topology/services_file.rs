//! The services file: the services, the facts that people give about them, and the resources of
//! each, by name, by the id in a template, by tag or by stack.
//!
//! A topology file names resources by their names in AWS. This file is used with templates and
//! accounts instead, where AWS generates names and tags give the owner.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::error::{EntryName, EntryPlace, Problem, TopologyError};
use super::file::{EndForm, ServiceForm, VERSION, service};
use super::{About, Draft, End, Origin, ResourceKind as Kind, Service, ServiceName};
use crate::home::{Home, Located};

/// A services file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServicesFile {
    services: BTreeMap<ServiceName, (Service, Rules)>,
}

/// The rules by which resources belong to a service.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rules {
    stacks: BTreeSet<String>,
    tags: BTreeMap<String, String>,
    resources: BTreeSet<String>,
}

/// The properties of a resource by which a service may claim it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignable {
    /// The resource.
    pub end: End,
    /// The id in the template.
    pub id: Option<String>,
    /// The names of its stack.
    pub stacks: Vec<String>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
}

/// A resource that several services claim by the same means, so that it belongs to none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedTwice {
    /// The resource.
    pub end: End,
    /// The services.
    pub services: Vec<ServiceName>,
    /// The place of the first of them in the file.
    pub origin: Origin,
}

/// A claim of a service that no resource has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimsNothing {
    /// The service.
    pub service: ServiceName,
    /// The key and the claim: `resources: OrdersFunction`, `tags: Service=orders`.
    pub claim: String,
    /// The place of the service in the file.
    pub origin: Origin,
}

/// The claims of a services file that gave no service a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Resources that several services claim by the same means.
    pub twice: Vec<ClaimedTwice>,
    /// Claims that no resource has.
    pub nothing: Vec<ClaimsNothing>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    #[serde(default)]
    services: BTreeMap<String, Spanned<Form>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    functions: Vec<String>,
    #[serde(default)]
    tables: Vec<String>,
    #[serde(default)]
    buckets: Vec<String>,
    #[serde(default)]
    owns: Vec<Spanned<EndForm>>,
    #[serde(default)]
    about: Option<About>,
    #[serde(default)]
    stacks: BTreeSet<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    resources: BTreeSet<String>,
}

/// The kinds of resources that a stack or a tag can give to a service: those that run code or keep
/// data. A log group that keeps passing records and an API destination do not become a part of a
/// service by being deployed with it.
const OF_STACKS: &[Kind] = &[
    Kind::Function,
    Kind::Table,
    Kind::Bucket,
    Kind::StateMachine,
    Kind::OpenSearch,
    Kind::Redshift,
    Kind::EcsTask,
    Kind::BatchJob,
    Kind::Api,
    Kind::GraphqlApi,
];

impl ServicesFile {
    /// Reads the text of a services file, YAML or JSON.
    ///
    /// # Errors
    /// The first problem, with its line and column.
    pub fn parse(text: &str) -> Result<Self, TopologyError> {
        let file: File =
            serde_saphyr::from_str(text).map_err(|e| TopologyError::form::<File>(text, &e))?;
        if file.version.value != VERSION {
            return Err(TopologyError::Version {
                origin: file.version.referenced.into(),
                version: file.version.value,
            });
        }
        let mut services = BTreeMap::new();
        for (name, form) in file.services {
            let place = EntryPlace::new(form.referenced.into(), EntryName::Service(name.clone()));
            let name = ServiceName::new(&name).ok_or_else(|| place.refuse(Problem::ServiceName))?;
            let form = form.value;
            let rules = Rules {
                stacks: form.stacks,
                tags: form.tags,
                resources: form.resources,
            };
            let plain = ServiceForm {
                sources: form.sources,
                functions: form.functions,
                tables: form.tables,
                buckets: form.buckets,
                owns: form.owns,
                about: form.about,
            };
            services.insert(name, (service(plain, &place)?, rules));
        }
        Ok(Self { services })
    }

    /// Adds the services, and gives each the resources that it claims: a name wins over an id, an
    /// id over a tag, and a tag over a stack. Returns the claims that gave no service anything.
    pub fn apply(&self, draft: &mut Draft, resources: &[Assignable]) -> Unsettled {
        let mut named = Draft::default();
        for (name, (service, _)) in &self.services {
            named.services.insert(name.clone(), service.clone());
        }
        draft.overlay(named);
        let mut owned: HashMap<(Kind, String), Vec<Home>> = HashMap::new();
        for end in draft.services.values().flat_map(|service| &service.owns) {
            let Located { name, home } = end.name().clone();
            owned.entry((end.kind(), name)).or_default().push(home);
        }
        let mut twice = Vec::new();
        for resource in resources {
            let Located { name, home } = resource.end.name();
            let homes = owned
                .entry((resource.end.kind(), name.clone()))
                .or_default();
            if homes.iter().any(|other| other.fits(home)) {
                continue;
            }
            let claims: [&dyn Fn(&Rules) -> bool; 3] = [
                &|rules| {
                    resource
                        .id
                        .as_ref()
                        .is_some_and(|id| rules.resources.contains(id))
                },
                &|rules| {
                    OF_STACKS.contains(&resource.end.kind())
                        && rules
                            .tags
                            .iter()
                            .any(|tag| resource.tags.get_key_value(tag.0) == Some(tag))
                },
                &|rules| {
                    OF_STACKS.contains(&resource.end.kind())
                        && resource
                            .stacks
                            .iter()
                            .any(|stack| rules.stacks.contains(stack))
                },
            ];
            if !super::check::OWNED.contains(&resource.end.kind()) {
                continue;
            }
            for claim in claims {
                let claiming = self.services.iter().filter(|(_, (_, rules))| claim(rules));
                let claiming: Vec<&ServiceName> = claiming.map(|(name, _)| name).collect();
                match claiming[..] {
                    [] => continue,
                    [service] => {
                        homes.push(*home);
                        if let Some(service) = draft.services.get_mut(service) {
                            service.owns.push(resource.end.clone());
                        }
                    }
                    [first, ..] => twice.push(ClaimedTwice {
                        end: resource.end.clone(),
                        origin: self.origin(first),
                        services: claiming.into_iter().cloned().collect(),
                    }),
                }
                break;
            }
        }
        Unsettled {
            twice,
            nothing: self.claims_of_nothing(resources),
        }
    }

    /// Returns where a service stands in the file.
    fn origin(&self, service: &ServiceName) -> Origin {
        let known = self.services.get(service);
        known.map(|(service, _)| service.origin).unwrap_or_default()
    }

    fn claims_of_nothing(&self, resources: &[Assignable]) -> Vec<ClaimsNothing> {
        let ids: HashSet<&str> = resources
            .iter()
            .filter_map(|one| one.id.as_deref())
            .collect();
        let stacks = resources.iter().flat_map(|one| &one.stacks);
        let stacks: HashSet<&str> = stacks.map(String::as_str).collect();
        let tags: HashSet<(&String, &String)> =
            resources.iter().flat_map(|one| &one.tags).collect();
        let mut nothing = Vec::new();
        for (name, (service, rules)) in &self.services {
            let ids = rules
                .resources
                .iter()
                .filter(|id| !ids.contains(id.as_str()));
            let stacks = rules
                .stacks
                .iter()
                .filter(|one| !stacks.contains(one.as_str()));
            let tags = rules.tags.iter().filter(|tag| !tags.contains(tag));
            let claims = ids
                .map(|id| format!("resources: {id}"))
                .chain(stacks.map(|stack| format!("stacks: {stack}")))
                .chain(tags.map(|(key, value)| format!("tags: {key}={value}")));
            nothing.extend(claims.map(|claim| ClaimsNothing {
                service: name.clone(),
                claim,
                origin: service.origin,
            }));
        }
        nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, tags: &[(&str, &str)]) -> Assignable {
        Assignable {
            end: End::named(Kind::Function, name).unwrap(),
            id: Some(format!("{name}Function")),
            stacks: vec!["shop".to_owned()],
            tags: tags
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_name_wins_over_an_id_an_id_over_a_tag_and_a_tag_over_a_stack() {
        let file = ServicesFile::parse(
            "
version: 1
services:
  by-name: {functions: [a]}
  by-id: {resources: [aFunction, bFunction]}
  by-tag: {tags: {Service: x}, about: {owner: team-x, vendor: true}}
  by-stack: {stacks: [shop]}
",
        )
        .unwrap();
        let mut draft = Draft::default();
        let tagged = [("Service", "x")];
        let resources = [
            function("a", &tagged),
            function("b", &tagged),
            function("c", &tagged),
            function("d", &[("Service", "y")]),
        ];
        assert_eq!(file.apply(&mut draft, &resources), Unsettled::default());
        for (service, owned) in [
            ("by-name", "a"),
            ("by-id", "b"),
            ("by-tag", "c"),
            ("by-stack", "d"),
        ] {
            let owns = &draft.services[service].owns;
            assert_eq!(
                *owns,
                [End::named(Kind::Function, owned).unwrap()],
                "{service}"
            );
        }
        assert!(draft.services["by-tag"].about.vendor);
        draft.finish().unwrap();
    }

    #[test]
    fn what_two_services_claim_alike_belongs_to_neither_and_is_said() {
        let file = ServicesFile::parse(
            "{version: 1, services: {a: {stacks: [shop]}, b: {stacks: [shop]}}}",
        )
        .unwrap();
        let mut draft = Draft::default();
        let unsettled = file.apply(&mut draft, &[function("f", &[])]);
        assert_eq!(unsettled.twice.len(), 1);
        assert_eq!(unsettled.nothing, []);
        assert!(
            draft
                .services
                .values()
                .all(|service| service.owns.is_empty())
        );
    }

    #[test]
    fn a_claim_that_no_resource_has_is_said_with_its_line() {
        let file = ServicesFile::parse(
            "version: 1
services:
  a: {resources: [fFunction, fFuncton], stacks: [shop, shpo], tags: {Service: x}}",
        )
        .unwrap();
        let unsettled = file.apply(&mut Draft::default(), &[function("f", &[])]);
        let said: Vec<String> = unsettled
            .nothing
            .iter()
            .map(|one| format!("{} {}", one.origin.line(), one.claim))
            .collect();
        assert_eq!(
            said,
            [
                "3 resources: fFuncton",
                "3 stacks: shpo",
                "3 tags: Service=x"
            ]
        );
    }

    #[test]
    fn a_mistake_in_the_file_is_said_with_its_line() {
        let error =
            ServicesFile::parse("version: 1\nservices:\n  a:\n    stack: [x]\n").unwrap_err();
        assert!(error.to_string().contains("line 4"), "{error}");
        assert!(
            error.to_string().ends_with("services, a cannot be read"),
            "{error}"
        );
        let error = ServicesFile::parse("version: 2\nservices: []\n").unwrap_err();
        assert!(
            error.to_string().ends_with("use a newer piitrail"),
            "{error}"
        );
    }
}
