//! The engine: everything that is built once and shared by all scans.

mod mask;

use std::sync::{Mutex, PoisonError};

use crate::class::DataClass;
use crate::config::{Config, OwnClasses};
use crate::detector_id::{DetectorId, DetectorSet};
use crate::detectors::{Detector, REGISTRY, date_of_birth};
use crate::field_name::{Declaration, Lexicon, Meaning, Signals};
use crate::finding::{Marks, Scan};
use crate::path::Node;
use crate::shape::Shape;
use crate::subject::Subjects;
use crate::text::Dispatch;
use crate::walk::{Field, Scratch, Walk, unicode};

/// The reason why a document could not be searched. It gives the position but never the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The bytes are not UTF-8, which JSON must be (RFC 8259, section 8.1).
    #[error("not UTF-8 at byte {offset}: decode the body before it is scanned")]
    NotUtf8 {
        /// The offset of the first byte that cannot be read.
        offset: usize,
    },
    /// The text is not JSON.
    #[error("not JSON at byte {offset}: scan it as text, or send the whole document")]
    NotJson {
        /// The offset at which the text stops being JSON.
        offset: usize,
    },
}

/// Facts about a document that the caller knows besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScanOptions<'a> {
    /// The source of the event, which the rules of a [`Config`] can name.
    pub source: Option<&'a str>,
    /// The key and settings for fingerprints of people. Without it, no subjects are made.
    pub subjects: Option<Subjects<'a>>,
}

// Every detector and every class that a configuration may declare has its own id.
const _: () = assert!(REGISTRY.len() + OwnClasses::MOST <= DetectorSet::CAPACITY);

/// Finds personal data. It is built once (`Engine::new` takes a millisecond or two) and then
/// shared.
pub struct Engine {
    detectors: Vec<&'static Detector>,
    /// The classes that the configuration declares. Their ids follow those of the detectors.
    own: Option<OwnClasses>,
    lexicon: Lexicon,
    dispatch: Dispatch,
    threshold: u8,
    /// The current year. A later year cannot be a year of birth.
    this_year: u16,
    /// The configuration, if it suppresses findings or declares test data.
    config: Option<Box<Config>>,
    /// The other detectors that each declaration enables, indexed by [`Meaning::names`].
    also: Vec<DetectorSet>,
    /// The signals that a value of each detector gives the siblings of its field, indexed by
    /// detector.
    gives: Vec<Signals>,
    /// Indexed by detector: the [kinds of bytes](crate::detectors::Find::kinds) of which a text has one if the detector
    /// finds anything in it.
    found_in: Vec<u32>,
    /// The buffers of finished scans, for reuse.
    #[expect(
        clippy::vec_box,
        reason = "they are taken and put back for each document, and are hundreds of bytes"
    )]
    scratches: Mutex<Vec<Box<Scratch>>>,
}

impl std::fmt::Debug for Engine {
    /// Leaves out the buffers of past scans, which may hold parts of payloads.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("detectors", &self.detectors.len())
            .field("threshold", &self.threshold)
            .finish_non_exhaustive()
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// Creates an engine with every class of the catalogue, which reports from
    /// [`Confidence::REPORTED`](crate::Confidence::REPORTED) on.
    pub fn new() -> Self {
        Self::with_config(Config::default())
    }

    /// Creates an engine with this configuration.
    pub fn with_config(config: Config) -> Self {
        let detectors = REGISTRY.to_vec();
        let declarations = DetectorId::all()
            .zip(&detectors)
            .map(|(id, detector)| Declaration {
                id,
                names: detector.names,
                keywords: detector.keywords,
            });
        let mut lexicon = Lexicon::new(declarations);
        let own = OwnClasses::new(config.own(), detectors.len());
        for (id, pattern) in own.iter().flat_map(OwnClasses::iter) {
            lexicon.declare(id, &pattern.fields);
        }
        let also = lexicon
            .declared()
            .map(|names| detectors_of(&detectors, names.also))
            .collect();
        let gives = detectors
            .iter()
            .map(|detector| gives(detector.class))
            .collect();
        let found_in = detectors
            .iter()
            .map(|detector| {
                detector
                    .finds
                    .iter()
                    .fold(0, |all, find| all | find.kinds())
            })
            .collect();
        Self {
            lexicon,
            also,
            gives,
            found_in,
            dispatch: Dispatch::new(&detectors, config.confidence().percent()),
            detectors,
            threshold: config.confidence().percent(),
            this_year: u16::MAX,
            own,
            config: (!config.reports_all() || config.has_test_data()).then(|| Box::new(config)),
            scratches: Mutex::default(),
        }
    }

    /// Sets the current year, so that later years are not years of birth. Without it, any year of
    /// this century can be a year of birth.
    #[must_use]
    pub fn in_year(self, year: i16) -> Self {
        Self {
            this_year: u16::try_from(year).unwrap_or(u16::MAX),
            ..self
        }
    }

    /// Searches a JSON document. The findings and their order are the same for every order of the
    /// keys.
    ///
    /// Takes time linear in the document. Every limit that is reached is counted in
    /// [`Scan::limits`]. Only then does the order of the keys matter, because the first items are
    /// kept.
    ///
    /// # Errors
    ///
    /// If the bytes are not UTF-8 (nor UTF-16 or UTF-32 with a byte order mark) or not one JSON
    /// text. The error gives the position but never the content.
    pub fn scan_json(&self, bytes: &[u8]) -> Result<Scan, ScanError> {
        self.scan_json_with(bytes, ScanOptions::default())
    }

    /// Searches a JSON document like [`Self::scan_json`], with more facts about it.
    ///
    /// # Errors
    ///
    /// The same as for [`Self::scan_json`].
    pub fn scan_json_with(
        &self,
        bytes: &[u8],
        options: ScanOptions<'_>,
    ) -> Result<Scan, ScanError> {
        let is_marked = matches!(bytes.first(), Some(0xff | 0xfe | 0));
        let decoded = is_marked.then(|| unicode::decode(bytes)).flatten();
        let bytes = decoded.as_deref().map_or(bytes, str::as_bytes);
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = simdutf8::compat::from_utf8(bytes).map_err(|error| ScanError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        self.scan(options, text.len(), |walk| {
            walk.document(text, &Node::ROOT, Field::default(), 0)
                .map_err(|malformed| ScanError::NotJson {
                    offset: malformed.at,
                })
        })
    }

    /// Searches a text that is not a JSON document, as if it were a string leaf at `$`. A document
    /// inside the text is opened (`$(json).email`).
    pub fn scan_text(&self, text: &str) -> Scan {
        self.scan_text_with(text, ScanOptions::default())
    }

    /// Searches a text like [`Self::scan_text`], with more facts about it.
    pub fn scan_text_with(&self, text: &str, options: ScanOptions<'_>) -> Scan {
        let searched: Result<Scan, std::convert::Infallible> =
            self.scan(options, text.len(), |walk| {
                walk.text(text, &Node::ROOT);
                Ok(())
            });
        match searched {
            Ok(scan) => scan,
            Err(never) => match never {},
        }
    }

    fn scan<E>(
        &self,
        options: ScanOptions<'_>,
        length: usize,
        search: impl FnOnce(&mut Walk<'_>) -> Result<(), E>,
    ) -> Result<Scan, E> {
        let mut scratch = self.take_scratch();
        let mut walk = Walk::new(self, &mut scratch, options);
        let searched = search(&mut walk);
        let (mut findings, limits) = (walk.findings, walk.limits);
        let unread = walk.noted.of_document(length, &limits);
        let subjects = walk.subjects.into_subjects();
        self.put_scratch(scratch);
        searched?;
        if let Some(config) = self.filter() {
            findings.retain(|finding| config.reports_finding(finding, options.source));
        }
        findings.sort_unstable();
        // Two declarations may find the same value (`billing_details.name`). The surer one is kept.
        findings.dedup_by(|surer, kept| {
            let is_same = (surer.start, surer.class, surer.end)
                == (kept.start, kept.class, kept.end)
                && surer.path == kept.path;
            if is_same {
                kept.confidence = surer.confidence;
                kept.marks = kept.marks.union(surer.marks);
            }
            is_same
        });
        Ok(Scan {
            findings,
            subjects,
            limits,
            unread,
        })
    }

    fn take_scratch(&self) -> Box<Scratch> {
        let mut scratches = self
            .scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scratches.pop().unwrap_or_default()
    }

    fn put_scratch(&self, mut scratch: Box<Scratch>) {
        scratch.reset();
        let mut scratches = self
            .scratches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scratches.push(scratch);
    }

    /// Returns the detector with this id, or `None` if the id belongs to a class that a
    /// configuration declares.
    #[inline]
    pub(crate) fn detector(&self, id: DetectorId) -> Option<&'static Detector> {
        self.detectors.get(id.index()).copied()
    }

    /// Returns the class that the detector with this id finds.
    pub(crate) fn class(&self, id: DetectorId) -> DataClass {
        match (self.detector(id), self.own()) {
            (Some(detector), _) => detector.class,
            (None, Some(own)) => own.get(id).map_or(UNNAMED, |own| own.class),
            (None, None) => UNNAMED,
        }
    }

    /// Returns the classes that the configuration declares.
    #[inline]
    pub(crate) const fn own(&self) -> Option<&OwnClasses> {
        self.own.as_ref()
    }

    /// Returns the configuration, if it suppresses any findings.
    pub(crate) fn filter(&self) -> Option<&Config> {
        self.config
            .as_deref()
            .filter(|config| !config.reports_all())
    }

    /// Returns the marks of a value, including those from the configuration.
    #[inline]
    pub(crate) fn marks_of(&self, value: &str, marks: Marks) -> Marks {
        match &self.config {
            Some(config) if config.is_test_data(value) => marks.union(Marks::TEST_DATA),
            _ => marks,
        }
    }

    /// Returns the other detectors that a name enables
    /// ([`Names::also`](crate::field_name::Names::also)).
    pub(crate) fn also(&self, meaning: Meaning) -> &DetectorSet {
        &self.also[usize::from(meaning.names)]
    }

    /// Returns the signals that a value of the class gives its siblings.
    pub(crate) fn gives(&self, id: DetectorId) -> Signals {
        self.gives.get(id.index()).copied().unwrap_or_default()
    }

    /// Returns true if a detector may find anything in a text of this shape. The detectors of a field's
    /// name are often asked about texts that cannot hold a candidate.
    #[inline]
    pub(crate) fn may_find(&self, id: DetectorId, shape: Shape) -> bool {
        self.found_in
            .get(id.index())
            .is_some_and(|kinds| shape.has(*kinds))
    }

    pub(crate) const fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(crate) const fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// Returns true if `value` is a date in the future and the class can only be in the past.
    pub(crate) fn is_to_come(&self, id: DetectorId, value: &str) -> bool {
        self.class(id) == DataClass::DateOfBirth
            && date_of_birth::year_in(value).is_some_and(|year| year > self.this_year)
    }

    pub(crate) const fn threshold(&self) -> u8 {
        self.threshold
    }
}

/// The class for an id that neither a detector nor a declared class has. No such id exists.
const UNNAMED: DataClass = DataClass::NationalId;

/// Returns the detectors of `classes`.
fn detectors_of(detectors: &[&Detector], classes: &[DataClass]) -> DetectorSet {
    DetectorId::all()
        .zip(detectors)
        .filter(|(_, detector)| classes.contains(&detector.class))
        .map(|(id, _)| id)
        .collect()
}

/// Returns the signals that a value of the class gives its siblings.
fn gives(class: DataClass) -> Signals {
    match class {
        DataClass::EmailAddress => Signals::PERSON,
        DataClass::CreditCard => Signals::CARD,
        DataClass::PostalCode => Signals::POSTAL_CODE,
        DataClass::AbaRoutingNumber => Signals::BANK_CODE,
        DataClass::UkBankAccount => Signals::SORT_CODE,
        class if class.category().starts_with("user.government_id.national") => Signals::PERSON,
        _ => Signals::NONE,
    }
}
