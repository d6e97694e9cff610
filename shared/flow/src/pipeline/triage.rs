//! Detection on the documents of a delivery: its body and its headers.
//!
//! A [`Triage`] is the result for one document. The headers of a message are searched once, however
//! many records the message holds.

use std::sync::Arc;

use piitrail_detect::{LimitsReached, Scan, ScanOptions, Subject, UnreadSet};

use super::Tracer;
use super::tally::{ClassSet, Tally};
use crate::delivery::{Arrival, Delivery, Document};
use crate::people::People;

/// The findings of one document.
pub(super) struct Triage {
    class_set: ClassSet,
    people: People,
    /// The same people one by one, if a subject index is kept.
    subjects: Vec<Subject>,
    findings: u64,
    limits: LimitsReached,
    /// The reasons why parts of the document were not read.
    unread: UnreadSet,
    /// True if no part of the document could be read.
    is_unreadable: bool,
}

impl Triage {
    /// Returns the result for a document that cannot be read.
    fn unreadable(unread: UnreadSet) -> Self {
        Self {
            class_set: ClassSet::EMPTY,
            people: People::default(),
            subjects: Vec::new(),
            findings: 0,
            limits: LimitsReached::default(),
            unread,
            is_unreadable: true,
        }
    }
}

/// The content that a consumer received: a body and the headers beside it.
#[derive(Clone, Copy)]
pub(super) struct Content<'l> {
    pub(super) body: &'l Triage,
    pub(super) headers: Option<&'l Triage>,
}

impl<'l> Content<'l> {
    fn triages(self) -> impl Iterator<Item = &'l Triage> {
        std::iter::once(self.body).chain(self.headers)
    }

    /// Returns the number of findings.
    pub(super) fn findings(self) -> u64 {
        self.triages().map(|triage| triage.findings).sum()
    }

    /// Returns the limits that the search reached.
    pub(super) fn limits(self) -> LimitsReached {
        let mut limits = LimitsReached::default();
        for triage in self.triages() {
            limits.merge(&triage.limits);
        }
        limits
    }

    /// Returns the people one by one, if a subject index is kept.
    pub(super) fn subjects(self) -> impl Iterator<Item = &'l Subject> {
        self.triages().flat_map(|triage| &triage.subjects)
    }

    /// Returns the people, or none if the body cannot be read.
    pub(super) fn people(self) -> People {
        if self.body.is_unreadable {
            return People::default();
        }
        let mut people = self.body.people.clone();
        if let Some(headers) = self.headers {
            people.merge_same_events(&headers.people);
        }
        people
    }

    /// Returns the reasons why parts of the content were not read.
    pub(super) fn unread(self) -> UnreadSet {
        self.triages().fold(UnreadSet::default(), |unread, triage| {
            unread.union(triage.unread)
        })
    }

    /// Returns true if no part of the body could be read.
    pub(super) fn is_unreadable(self) -> bool {
        self.body.is_unreadable
    }

    /// Returns the data classes of the body and the headers.
    pub(super) fn class_set(self, tally: &mut Tally) -> ClassSet {
        let headers = self
            .headers
            .map_or(ClassSet::EMPTY, |triage| triage.class_set);
        tally.union(self.body.class_set, headers)
    }
}

impl Tracer<'_> {
    /// Searches a document.
    pub(super) fn triage(
        &self,
        document: &Document,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Triage {
        match document {
            Document::Json(text) => self.triage_json(text, source, tally),
            Document::Text(text) => {
                let mut triage = self.triage_text(text, source, tally);
                // A text has no parts, so anything that hides a part of it hides all of it.
                triage.is_unreadable = triage.unread.is_of_content();
                triage
            }
            Document::Opaque(reason) => Triage::unreadable(UnreadSet::of(*reason)),
        }
    }

    /// Searches the body of a delivery.
    pub(super) fn triage_body(
        &self,
        delivery: &Delivery,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Triage {
        let mut triage = self.triage(&delivery.document, source, tally);
        triage.unread = triage.unread.union(delivery.unread);
        triage
    }

    fn triage_json(&self, text: &str, source: Option<&str>, tally: &mut Tally) -> Triage {
        let options = self.scan_options(source);
        match self.engine.scan_json_with(text.as_bytes(), options) {
            Ok(scan) => self.triage_of(scan, tally),
            // The engine does not accept it as JSON, so it is searched as text.
            Err(_) => self.triage_text(text, source, tally),
        }
    }

    fn triage_text(&self, text: &str, source: Option<&str>, tally: &mut Tally) -> Triage {
        let scan = self.engine.scan_text_with(text, self.scan_options(source));
        self.triage_of(scan, tally)
    }

    fn scan_options<'a>(&'a self, source: Option<&'a str>) -> ScanOptions<'a> {
        ScanOptions {
            source,
            subjects: self.fingerprinting.map(|with| with.subjects()),
        }
    }

    fn triage_of(&self, scan: Scan, tally: &mut Tally) -> Triage {
        let mut triage = Triage {
            class_set: tally.class_set(&scan),
            findings: scan.findings.len() as u64,
            limits: scan.limits,
            unread: scan.unread,
            is_unreadable: false,
            people: People::default(),
            subjects: Vec::new(),
        };
        if let Some(with) = self.fingerprinting {
            triage.people = People::of_one_event(&with.key.epoch, &scan.subjects);
            if with.index {
                triage.subjects = scan.subjects;
            }
        }
        triage
    }
}

/// The result for the headers (the attributes) of the last message. All records of a message share
/// its headers, which are searched once.
#[derive(Default)]
pub(super) struct Headers {
    last: Option<SearchedHeaders>,
}

struct SearchedHeaders {
    text: Arc<str>,
    source: Option<String>,
    triage: Arc<Triage>,
}

impl Headers {
    /// Searches the headers of a delivery. Returns `None` if it has none.
    pub(super) fn triage(
        &mut self,
        tracer: &Tracer<'_>,
        arrival: &Arrival,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Option<Arc<Triage>> {
        let headers = arrival.headers.as_ref()?;
        Some(self.triage_text_once(tracer, headers, source, tally))
    }

    pub(super) fn triage_text_once(
        &mut self,
        tracer: &Tracer<'_>,
        headers: &Arc<str>,
        source: Option<&str>,
        tally: &mut Tally,
    ) -> Arc<Triage> {
        if let Some(last) = &self.last
            && Arc::ptr_eq(&last.text, headers)
            && last.source.as_deref() == source
        {
            return Arc::clone(&last.triage);
        }
        let triage = Arc::new(tracer.triage_json(headers, source, tally));
        self.last = Some(SearchedHeaders {
            text: Arc::clone(headers),
            source: source.map(str::to_owned),
            triage: Arc::clone(&triage),
        });
        triage
    }
}
