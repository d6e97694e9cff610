//! Detection on the documents of a delivery: its body, and its headers.
//!
//! A [`Look`] is what one document carries. The headers of a message are searched once, however many
//! records the message holds.

use std::sync::Arc;

use piitrail_detect::{LimitsReached, Scan, ScanOptions, Subject};

use super::Tracer;
use super::tally::{ClassSet, Tally};
use crate::delivery::{Arrival, Document};
use crate::people::People;

/// What was found in one document.
pub(super) struct Look {
    class_set: ClassSet,
    people: People,
    /// The same people one by one, where a subject index is kept.
    subjects: Vec<Subject>,
    findings: u64,
    limits: LimitsReached,
}

/// What a consumer received: a body and the headers beside it.
#[derive(Clone, Copy)]
pub(super) struct Content<'l> {
    /// `None` where the body cannot be read.
    pub(super) body: Option<&'l Look>,
    pub(super) headers: Option<&'l Look>,
}

impl<'l> Content<'l> {
    fn looks(self) -> impl Iterator<Item = &'l Look> {
        self.body.into_iter().chain(self.headers)
    }

    /// How many findings there are.
    pub(super) fn findings(self) -> u64 {
        self.looks().map(|look| look.findings).sum()
    }

    /// The limits that were reached while searching.
    pub(super) fn limits(self) -> LimitsReached {
        let mut limits = LimitsReached::default();
        for look in self.looks() {
            limits.merge(&look.limits);
        }
        limits
    }

    /// The people in it one by one, where a subject index is kept.
    pub(super) fn subjects(self) -> impl Iterator<Item = &'l Subject> {
        self.looks().flat_map(|look| &look.subjects)
    }

    /// The people in it, where its body can be read.
    pub(super) fn people(self) -> People {
        let mut people = self
            .body
            .map(|look| look.people.clone())
            .unwrap_or_default();
        if let (Some(_), Some(headers)) = (self.body, self.headers) {
            people.merge_same_events(&headers.people);
        }
        people
    }

    /// Its data classes.
    pub(super) fn class_set(self, tally: &mut Tally) -> ClassSet {
        let [body, headers] =
            [self.body, self.headers].map(|look| look.map_or(ClassSet::EMPTY, |l| l.class_set));
        tally.union(body, headers)
    }
}

impl Tracer<'_> {
    /// What a document carries; `None` where it cannot be read.
    pub(super) fn look(
        &self,
        document: &Document,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Option<Look> {
        match document {
            Document::Json(text) => Some(self.look_at_json(text, source, tally)),
            Document::Text(text) => Some(self.look_at_text(text, source, tally)),
            Document::Opaque => None,
        }
    }

    fn look_at_json(&self, text: &str, source: Option<&str>, tally: &mut Tally) -> Look {
        let options = self.scan_options(source);
        match self.engine.scan_json_with(text.as_bytes(), options) {
            Ok(scan) => self.look_of(scan, tally),
            // The engine does not accept it as JSON, so it is searched as text.
            Err(_) => self.look_at_text(text, source, tally),
        }
    }

    fn look_at_text(&self, text: &str, source: Option<&str>, tally: &mut Tally) -> Look {
        let scan = self.engine.scan_text_with(text, self.scan_options(source));
        self.look_of(scan, tally)
    }

    fn scan_options<'a>(&'a self, source: Option<&'a str>) -> ScanOptions<'a> {
        ScanOptions {
            source,
            subjects: self.fingerprinting.map(|with| with.subjects()),
        }
    }

    fn look_of(&self, scan: Scan, tally: &mut Tally) -> Look {
        let mut look = Look {
            class_set: tally.class_set(&scan),
            findings: scan.findings.len() as u64,
            limits: scan.limits,
            people: People::default(),
            subjects: Vec::new(),
        };
        if let Some(with) = self.fingerprinting {
            look.people = People::of_one_event(&with.key.epoch, &scan.subjects);
            if with.index {
                look.subjects = scan.subjects;
            }
        }
        look
    }
}

/// The headers of the last message (its attributes), which all records of the message share. They
/// are searched once.
#[derive(Default)]
pub(super) struct Headers {
    last: Option<SearchedHeaders>,
}

struct SearchedHeaders {
    text: Arc<str>,
    source: Option<String>,
    look: Arc<Look>,
}

impl Headers {
    /// What the headers of a delivery carry; `None` where it has none.
    pub(super) fn look(
        &mut self,
        tracer: &Tracer<'_>,
        arrival: &Arrival,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Option<Arc<Look>> {
        let headers = arrival.headers.as_ref()?;
        Some(self.look_at(tracer, headers, source, tally))
    }

    pub(super) fn look_at(
        &mut self,
        tracer: &Tracer<'_>,
        headers: &Arc<str>,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Arc<Look> {
        if let Some(last) = &self.last
            && Arc::ptr_eq(&last.text, headers)
            && last.source.as_deref() == source
        {
            return Arc::clone(&last.look);
        }
        let look = Arc::new(tracer.look_at_json(headers, source, tally));
        self.last = Some(SearchedHeaders {
            text: Arc::clone(headers),
            source: source.map(str::to_owned),
            look: Arc::clone(&look),
        });
        look
    }
}
