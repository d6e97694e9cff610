//! An operator's configuration of detection, in one file: the classes, the places, the confidence,
//! user-defined classes, and values that are only test data.
//!
//! It is read from text, so that this crate needs neither files nor the environment.
//! [`crate::Engine::with_config`] takes it. Without a configuration, nothing of this module runs.
//!
//! The sample shop's file is the reference, which [`Config`] shows. It explains every key, and a
//! test checks that it does.
//!
//! Rules are applied to findings. So a class that is turned off still prevents other classes from
//! claiming its values, and still masks names.

mod error;
mod own;
mod rules;

use std::collections::HashSet;
use std::str::FromStr;

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::class::{DataClass, OwnClassError, Tier};
use crate::finding::{Confidence, Finding};
pub use error::ConfigError;
use error::shown;
pub(crate) use own::{OwnClasses, OwnPattern, fits as fits_own};
use rules::{PathPattern, SourcePattern};

/// An operator's configuration of detection. It is parsed from text: `text.parse::<Config>()`.
///
/// ```yaml
#[doc = include_str!("../../../../events/piitrail.yaml")]
/// ```
#[derive(Debug, Clone, Default)]
pub struct Config {
    confidence: Option<u8>,
    on: Option<HashSet<DataClass>>,
    off: HashSet<DataClass>,
    deny: Vec<Rule>,
    allow: Vec<Rule>,
    own: Vec<OwnPattern>,
    test_values: HashSet<String>,
    test_endings: Vec<String>,
}

/// The findings that match all conditions.
#[derive(Debug, Clone)]
struct Rule {
    paths: Vec<PathPattern>,
    sources: Vec<SourcePattern>,
    classes: HashSet<DataClass>,
}

impl Rule {
    fn matches(&self, class: DataClass, path: &str, source: Option<&str>) -> bool {
        let is_there = self.paths.is_empty() || self.paths.iter().any(|p| p.covers(path));
        let is_from = self.sources.is_empty()
            || source.is_some_and(|source| self.sources.iter().any(|s| s.matches(source)));
        let is_of = self.classes.is_empty() || self.classes.contains(&class);
        is_there && is_from && is_of
    }
}

/// The form of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    confidence: Option<Spanned<u64>>,
    #[serde(default)]
    classes: Classes,
    #[serde(default)]
    deny: Vec<Spanned<RuleForm>>,
    #[serde(default)]
    allow: Vec<Spanned<RuleForm>>,
    #[serde(default)]
    own_classes: Vec<Spanned<OwnForm>>,
    #[serde(default)]
    test_data: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Classes {
    on: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    off: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    sources: Vec<Spanned<String>>,
    #[serde(default)]
    classes: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnForm {
    name: Spanned<String>,
    tier: Spanned<String>,
    regex: Option<Spanned<String>>,
    #[serde(default)]
    words: Vec<Spanned<String>>,
    #[serde(default)]
    fields: Vec<Spanned<String>>,
    confidence: Option<Spanned<u64>>,
}

/// Returns an error about the value at `spanned`.
fn invalid<T>(spanned: &Spanned<T>, what: impl Into<String>) -> ConfigError {
    ConfigError::Invalid {
        line: spanned.referenced.line(),
        what: what.into(),
    }
}

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        // A file with only comments is allowed and has no settings.
        let is_bare = text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
        if is_bare {
            return Ok(Self::default());
        }
        let file: File = serde_saphyr::from_str(text).map_err(|error| ConfigError::form(&error))?;
        Self::read(&file)
    }
}

impl Config {
    fn read(file: &File) -> Result<Self, ConfigError> {
        let mut config = Self {
            confidence: file.confidence.as_ref().map(percent).transpose()?,
            ..Self::default()
        };
        for form in &file.own_classes {
            if config.own.len() == OwnClasses::MOST {
                let most = OwnClasses::MOST;
                return Err(invalid(
                    form,
                    format!("more than {most} classes of your own; join some"),
                ));
            }
            let own = read_own(form)?;
            if config
                .own
                .iter()
                .any(|other| other.class.name() == own.class.name())
            {
                return Err(invalid(
                    form,
                    format!("{} stands here twice; join the two", own.class),
                ));
            }
            config.own.push(own);
        }
        config.on = file
            .classes
            .on
            .as_ref()
            .map(|names| config.classes(names))
            .transpose()?;
        config.off = config.classes(&file.classes.off)?;
        config.deny = config.rules(&file.deny)?;
        config.allow = config.rules(&file.allow)?;
        if let (Some(first), true) = (file.allow.first(), config.deny.is_empty()) {
            return Err(invalid(
                first,
                "`allow` lists exceptions to `deny`, but there is no `deny`; add `deny`, or remove `allow`",
            ));
        }
        for value in &file.test_data {
            let plain = plain(&value.value);
            if plain.is_empty() {
                return Err(invalid(
                    value,
                    "a test value is empty; write one, or leave it out",
                ));
            }
            if plain.starts_with('@') {
                config.test_endings.push(plain);
            } else {
                config.test_values.insert(plain);
            }
        }
        Ok(config)
    }

    /// Returns the classes with these names, including user-defined classes.
    fn classes(&self, names: &[Spanned<String>]) -> Result<HashSet<DataClass>, ConfigError> {
        let own = |name: &str| {
            let mut classes = self.own.iter().map(|own| own.class);
            classes.find(|class| class.name() == name)
        };
        names
            .iter()
            .map(|name| {
                own(&name.value)
                    .or_else(|| name.value.parse().ok())
                    .ok_or_else(|| {
                        let what = format!(
                            "{} is not a data class; write a name of the catalogue, or declare it under own_classes",
                            shown(&name.value)
                        );
                        invalid(name, what)
                    })
            })
            .collect()
    }

    fn rules(&self, forms: &[Spanned<RuleForm>]) -> Result<Vec<Rule>, ConfigError> {
        let read = |form: &Spanned<RuleForm>| {
            let RuleForm {
                paths,
                sources,
                classes,
            } = &form.value;
            if paths.is_empty() && sources.is_empty() && classes.is_empty() {
                return Err(invalid(
                    form,
                    "a rule that names nothing; write paths, sources or classes",
                ));
            }
            let paths = paths
                .iter()
                .map(|path| PathPattern::read(&path.value).map_err(|what| invalid(path, what)))
                .collect::<Result<_, _>>()?;
            let sources = sources
                .iter()
                .map(|source| SourcePattern::read(&source.value))
                .collect();
            Ok(Rule {
                paths,
                sources,
                classes: self.classes(classes)?,
            })
        };
        forms.iter().map(read).collect()
    }

    /// Returns the lowest confidence that is reported.
    pub(crate) fn confidence(&self) -> Confidence {
        self.confidence
            .map_or(Confidence::REPORTED, Confidence::new)
    }

    pub(crate) fn own(&self) -> &[OwnPattern] {
        &self.own
    }

    /// Returns true if every finding is reported.
    pub(crate) fn reports_all(&self) -> bool {
        self.on.is_none() && self.off.is_empty() && self.deny.is_empty()
    }

    /// Returns true if findings of the class are reported at all.
    pub(crate) fn reports_class(&self, class: DataClass) -> bool {
        !self.off.contains(&class) && self.on.as_ref().is_none_or(|on| on.contains(&class))
    }

    /// Returns true if a finding of `class` at `path`, in an event of `source`, is reported.
    pub(crate) fn reports(&self, class: DataClass, path: &str, source: Option<&str>) -> bool {
        let says = |rules: &[Rule]| rules.iter().any(|rule| rule.matches(class, path, source));
        self.reports_class(class) && (!says(&self.deny) || says(&self.allow))
    }

    pub(crate) fn reports_finding(&self, finding: &Finding, source: Option<&str>) -> bool {
        self.reports(finding.class, finding.path.as_str(), source)
    }

    pub(crate) fn has_test_data(&self) -> bool {
        !self.test_values.is_empty() || !self.test_endings.is_empty()
    }

    /// Returns true if the value was declared to be test data.
    pub(crate) fn is_test_data(&self, value: &str) -> bool {
        let plain = plain(value);
        self.test_values.contains(&plain)
            || self
                .test_endings
                .iter()
                .any(|ending| plain.ends_with(ending.as_str()))
    }
}

/// Returns a value in the form in which test values are compared.
fn plain(value: &str) -> String {
    value
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

fn percent(number: &Spanned<u64>) -> Result<u8, ConfigError> {
    u8::try_from(number.value)
        .ok()
        .filter(|percent| (1..=100).contains(percent))
        .ok_or_else(|| invalid(number, "the confidence must be a number from 1 to 100"))
}

fn read_own(form: &Spanned<OwnForm>) -> Result<OwnPattern, ConfigError> {
    let own = &form.value;
    let tier: Tier =
        own.tier.value.parse().map_err(|error| {
            invalid(&own.tier, format!("{} is {error}", shown(&own.tier.value)))
        })?;
    let class = DataClass::own(&own.name.value, tier).map_err(|error: OwnClassError| {
        invalid(&own.name, format!("{} {error}", shown(&own.name.value)))
    })?;
    if own.regex.is_none() && own.words.is_empty() && own.fields.is_empty() {
        let what = format!("{class} says nothing to be found by; write regex, words or fields");
        return Err(invalid(form, what));
    }
    let pattern = match (&own.regex, own.words.is_empty()) {
        (Some(regex), false) => {
            let what = format!("{class} has a regex and words; write one of them");
            return Err(invalid(regex, what));
        }
        (Some(regex), true) => Some(own::regex(&regex.value).map_err(|what| invalid(regex, what))?),
        (None, true) => None,
        (None, false) => {
            let words = own.words.iter().map(|word| word.value.as_str());
            Some(own::words(words).map_err(|what| invalid(form, what))?)
        }
    };
    Ok(OwnPattern {
        class,
        pattern,
        fields: own.fields.iter().map(|field| field.value.clone()).collect(),
        confidence_bare: own
            .confidence
            .as_ref()
            .map(percent)
            .transpose()?
            .unwrap_or(own::CONFIDENCE_BARE),
    })
}

#[cfg(test)]
mod tests;
