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
use crate::subject::Subjects;
use crate::text::Dispatch;
use crate::walk::{Field, Scratch, Walk, unicode};

/// Why a document could not be searched. Says where, never what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The bytes are not UTF-8, which JSON must be (RFC 8259, section 8.1).
    #[error("not UTF-8 at byte {offset}: decode the body before it is scanned")]
    NotUtf8 {
        /// The first byte that cannot be read.
        offset: usize,
    },
    /// The text is not JSON.
    #[error("not JSON at byte {offset}: scan it as text, or send the whole document")]
    NotJson {
        /// Where the text stops being JSON.
        offset: usize,
    },
}

/// What the caller knows of a document besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScanOptions<'a> {
    /// The source of the event, which the rules of a [`Config`] can name.
    pub source: Option<&'a str>,
    /// How to fingerprint the people in it; without it no subjects are made.
    pub subjects: Option<Subjects<'a>>,
}

// Every detector and every class that a configuration may declare has an id of its own.
const _: () = assert!(REGISTRY.len() + OwnClasses::MOST <= DetectorSet::CAPACITY);

/// Finds personal data. Built once (`Engine::new` takes a millisecond or two), then shared.
pub struct Engine {
    detectors: Vec<&'static Detector>,
    /// Classes that a configuration declares. Their ids follow those of the detectors.
    own: Option<OwnClasses>,
    lexicon: Lexicon,
    dispatch: Dispatch,
    threshold: u8,
    /// The current year: no later year is a year of birth.
    this_year: u16,
    /// The configuration, if it suppresses findings or declares test data.
    config: Option<Box<Config>>,
    /// Indexed by [`Meaning::names`]: the other detectors that this declaration enables.
    also: Vec<DetectorSet>,
    /// Indexed by detector: what a value that it found tells the siblings of its field.
    gives: Vec<Signals>,
    /// Buffers of finished scans, for reuse.
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
    /// An engine with every class of the catalogue, reporting from [`Confidence::REPORTED`](crate::Confidence::REPORTED).
    pub fn new() -> Self {
        Self::with_config(Config::default())
    }

    /// An engine with this configuration.
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
        Self {
            lexicon,
            also,
            gives,
            dispatch: Dispatch::new(&detectors, config.confidence().percent()),
            detectors,
            threshold: config.confidence().percent(),
            this_year: u16::MAX,
            own,
            config: (!config.reports_all() || config.has_test_data()).then(|| Box::new(config)),
            scratches: Mutex::default(),
        }
    }

    /// Sets the current year, after which nobody was born. Without it any year of this century can
    /// be a year of birth.
    #[must_use]
    pub fn in_year(self, year: i16) -> Self {
        Self {
            this_year: u16::try_from(year).unwrap_or(u16::MAX),
            ..self
        }
    }

    /// Searches a JSON document. Findings are the same, and in the canonical order, whatever order
    /// the keys come in.
    ///
    /// Takes time linear in the document. Every limit that is reached is counted in
    /// [`Scan::limits`]; only then does the order of keys matter, because what comes first is kept.
    ///
    /// # Errors
    ///
    /// If the bytes are not UTF-8 (nor UTF-16 or UTF-32 with a byte order mark) or not one JSON text.
    /// The error says where, never what.
    pub fn scan_json(&self, bytes: &[u8]) -> Result<Scan, ScanError> {
        self.scan_json_with(bytes, ScanOptions::default())
    }

    /// Searches a JSON document as [`Self::scan_json`] does, with more known about it.
    ///
    /// # Errors
    ///
    /// As [`Self::scan_json`].
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

    /// Searches a text as [`Self::scan_text`] does, with more known about it.
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
        // Two declarations may speak for one value (`billing_details.name`): the surer is kept.
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

    /// The detector with this id; `None` if the id is that of a class that a configuration declares.
    #[inline]
    pub(crate) fn detector(&self, id: DetectorId) -> Option<&'static Detector> {
        self.detectors.get(id.index()).copied()
    }

    /// The class that the detector with this id finds.
    pub(crate) fn class(&self, id: DetectorId) -> DataClass {
        match (self.detector(id), self.own()) {
            (Some(detector), _) => detector.class,
            (None, Some(own)) => own.get(id).map_or(UNNAMED, |own| own.class),
            (None, None) => UNNAMED,
        }
    }

    /// The classes that the configuration declares.
    #[inline]
    pub(crate) const fn own(&self) -> Option<&OwnClasses> {
        self.own.as_ref()
    }

    /// The configuration, if it suppresses any findings.
    pub(crate) fn filter(&self) -> Option<&Config> {
        self.config
            .as_deref()
            .filter(|config| !config.reports_all())
    }

    /// The marks of a value, with what the configuration says of it.
    #[inline]
    pub(crate) fn marks_of(&self, value: &str, marks: Marks) -> Marks {
        match &self.config {
            Some(config) if config.is_test_data(value) => marks.union(Marks::TEST_DATA),
            _ => marks,
        }
    }

    /// The other detectors that a name enables ([`Names::also`](crate::field_name::Names::also)).
    pub(crate) fn also(&self, meaning: Meaning) -> &DetectorSet {
        &self.also[usize::from(meaning.names)]
    }

    /// The signals that a value of the class gives its siblings.
    pub(crate) fn gives(&self, id: DetectorId) -> Signals {
        self.gives.get(id.index()).copied().unwrap_or_default()
    }

    pub(crate) const fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(crate) const fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// Whether `value` is a date in the future, for a class that can only be in the past.
    pub(crate) fn is_to_come(&self, id: DetectorId, value: &str) -> bool {
        self.class(id) == DataClass::DateOfBirth
            && date_of_birth::year_in(value).is_some_and(|year| year > self.this_year)
    }

    pub(crate) const fn threshold(&self) -> u8 {
        self.threshold
    }
}

/// What would be reported for an id that neither a detector nor a declared class has. There is none.
const UNNAMED: DataClass = DataClass::NationalId;

/// The detectors of `classes`.
fn detectors_of(detectors: &[&Detector], classes: &[DataClass]) -> DetectorSet {
    DetectorId::all()
        .zip(detectors)
        .filter(|(_, detector)| classes.contains(&detector.class))
        .map(|(id, _)| id)
        .collect()
}

/// The signals that a value of the class gives its siblings.
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
