//! Defines the result of reading: the templates with their resources, and the notes on what was not
//! understood.

use std::fmt;

use indexmap::IndexMap;

use crate::note::Note;
use crate::value::{Map, ResourceId, Value};

/// A file to read.
#[derive(Debug, Clone, Copy)]
pub struct File<'f> {
    /// The path as the templates would name it, with `/` between folders.
    pub name: &'f str,
    /// The content.
    pub bytes: &'f [u8],
}

/// The values of pseudo parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `AWS::AccountId`.
    pub account: String,
    /// `AWS::Region`.
    pub region: String,
    /// `AWS::Partition`.
    pub partition: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            partition: "aws".to_owned(),
        }
    }
}

/// The result of reading a set of files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The stacks: first the files in their order, then their nested stacks. A file that is nested
    /// twice appears twice, each time with its own parameters. A file that could not be read does
    /// not appear.
    pub templates: Vec<Template>,
    /// The notes on what was not understood, by file and line.
    pub notes: Vec<Note>,
    /// The number of further notes that were not kept.
    pub notes_not_kept: usize,
}

impl Reading {
    /// Returns the resource with this id.
    pub fn resource(&self, id: &ResourceId) -> Option<&Resource> {
        self.templates.get(id.template)?.resources.get(&id.id)
    }

    /// Returns every resource, in the order of the templates.
    pub fn resources(&self) -> impl Iterator<Item = (ResourceId, &Resource)> {
        self.templates
            .iter()
            .enumerate()
            .flat_map(|(template, read)| {
                read.resources.iter().map(move |(id, resource)| {
                    let id = id.clone();
                    (ResourceId { template, id }, resource)
                })
            })
    }
}

/// A stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// The file, as it was named.
    pub file: String,
    /// The form that was recognised.
    pub form: Form,
    /// The stack resource that nests it, if there is one.
    pub nested_in: Option<ResourceId>,
    /// The resources by their id, in the order of the file. Resources that a macro makes come after
    /// their source.
    pub resources: IndexMap<String, Resource>,
    /// The outputs by their name.
    pub outputs: IndexMap<String, Value>,
}

/// The forms of templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Form {
    /// CloudFormation with `Transform: AWS::Serverless-2016-10-31`.
    Sam,
    /// CloudFormation.
    CloudFormation,
    /// CloudFormation that the CDK wrote.
    Cdk,
    /// The output of `terraform show -json` for a plan.
    TerraformPlan,
    /// `serverless.yml`.
    Serverless,
}

impl Form {
    /// Every form, in the order in which documents list them.
    pub const ALL: [Self; 5] = [
        Self::Sam,
        Self::CloudFormation,
        Self::Cdk,
        Self::TerraformPlan,
        Self::Serverless,
    ];
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sam => "SAM",
            Self::CloudFormation => "CloudFormation",
            Self::Cdk => "CDK output",
            Self::TerraformPlan => "Terraform plan",
            Self::Serverless => "Serverless Framework",
        })
    }
}

/// A resource in the shape of CloudFormation, with its values resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The CloudFormation type. A Terraform type without a counterpart keeps its own name.
    pub kind: String,
    /// The line in the file. A resource that a macro makes has the line of the event or property it
    /// is made from.
    pub line: u32,
    /// The properties, named as CloudFormation names them.
    pub properties: Map,
    /// Whether the resource is deployed, as far as the files tell.
    pub certainty: Certainty,
    /// The id of the resource that a macro made it from, if there is one.
    pub made_from: Option<String>,
    /// The position in the CDK app (`aws:cdk:path`).
    pub cdk_path: Option<String>,
    /// The names of SAM's policy templates and managed policies on a function, such as
    /// `SQSSendMessagePolicy`, from which permissions can be derived.
    pub policies: Vec<String>,
}

/// The certainty that a resource is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certainty {
    /// It is deployed.
    Certain,
    /// It is deployed under this condition, which is unknown from the files.
    OnCondition(String),
}

impl Resource {
    /// Returns a property.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.get(name)
    }
}
