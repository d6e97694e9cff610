//! Renders CSV (RFC 4180), for spreadsheets.

use piitrail_flow::visible;
use unicode_normalization::UnicodeNormalization as _;

use super::{Body, Format, Layout, RenderError, label};
use crate::document::{Contents, Document, Names};

pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn media_type(&self) -> &'static str {
        "text/csv; charset=utf-8"
    }

    fn is_cut_by_rows(&self) -> bool {
        true
    }

    fn is_rows_alone(&self) -> bool {
        true
    }

    fn suits(&self, _contents: Contents) -> bool {
        true
    }

    fn render(&self, document: Document, _layout: Layout) -> Result<Body, RenderError> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer
            .write_record(document.table.columns.iter().map(|column| column.name))
            .map_err(failed)?;
        for row in &document.table.rows {
            writer
                .write_record(
                    row.iter()
                        .map(|cell| harmless(&label::cell(cell, Names::Plain))),
                )
                .map_err(failed)?;
        }
        writer.into_inner().map(Body::Bytes).map_err(failed)
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> RenderError {
    RenderError::Csv(Box::new(error))
}

/// Escapes a cell that a spreadsheet would read as a formula. Names come from events, which anybody
/// may write. <https://owasp.org/www-community/attacks/CSV_Injection>
///
/// Spreadsheets trim what is before the sign of a formula, and some read the full-width and small
/// forms of the signs, so characters count as what Unicode calls compatible with them (NFKC).
fn harmless(cell: &str) -> String {
    /// The minus sign that people type. Unicode calls it compatible with no other.
    const MINUS: char = '\u{2212}';
    let cell = visible::escaped(cell);
    let first = cell.trim_start().chars().next();
    let first = first.and_then(|c| std::iter::once(c).nfkc().next());
    if matches!(first, Some('=' | '+' | '-' | '@' | MINUS)) {
        format!("'{cell}")
    } else {
        cell.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::*;

    #[test]
    fn a_name_that_is_a_formula_is_disarmed() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        for name in [
            "orders",
            "a=b",
            "",
            "(empty)",
            "queue/orders > bus/-",
            "*",
            "'=1",
        ] {
            assert_eq!(harmless(name), name);
        }
    }

    /// `Default_Ignorable_Code_Point` and the other format characters of Unicode 17, as
    /// `DerivedCoreProperties.txt` and `DerivedGeneralCategory.txt` list them.
    const WITHOUT_PICTURE: [RangeInclusive<char>; 26] = [
        '\u{ad}'..='\u{ad}',
        '\u{34f}'..='\u{34f}',
        '\u{600}'..='\u{605}',
        '\u{61c}'..='\u{61c}',
        '\u{6dd}'..='\u{6dd}',
        '\u{70f}'..='\u{70f}',
        '\u{890}'..='\u{891}',
        '\u{8e2}'..='\u{8e2}',
        '\u{115f}'..='\u{1160}',
        '\u{17b4}'..='\u{17b5}',
        '\u{180b}'..='\u{180f}',
        '\u{200b}'..='\u{200f}',
        '\u{202a}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{2800}'..='\u{2800}',
        '\u{3164}'..='\u{3164}',
        '\u{fe00}'..='\u{fe0f}',
        '\u{feff}'..='\u{feff}',
        '\u{ffa0}'..='\u{ffa0}',
        '\u{fff0}'..='\u{fffb}',
        '\u{110bd}'..='\u{110bd}',
        '\u{110cd}'..='\u{110cd}',
        '\u{13430}'..='\u{1343f}',
        '\u{1bca0}'..='\u{1bca3}',
        '\u{1d173}'..='\u{1d17a}',
        '\u{e0000}'..='\u{e0fff}',
    ];

    fn is_unseen(c: char) -> bool {
        let is_listed = || WITHOUT_PICTURE.iter().any(|range| range.contains(&c));
        c.is_whitespace() || c.is_control() || is_listed()
    }

    /// Returns true if a spreadsheet might see a formula: the first character that is seen is one of
    /// the signs, or compatible with one.
    fn may_be_a_formula(cell: &str) -> bool {
        let first = cell.chars().find(|c| !is_unseen(*c));
        let mut first = first.into_iter().nfkc();
        first.next().is_some_and(|c| "=+-@\u{2212}".contains(c))
    }

    #[test]
    fn whatever_stands_before_the_sign_and_however_it_is_written_no_cell_is_a_formula() {
        let signs: Vec<char> = ('\0'..=char::MAX)
            .filter(|c| may_be_a_formula(&c.to_string()))
            .collect();
        for sign in "=+-@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}\u{fe66}\u{fe62}\u{fe63}\u{fe6b}".chars() {
            assert!(signs.contains(&sign), "{sign}");
        }
        let unseen = ('\0'..=char::MAX).filter(|c| is_unseen(*c));
        let mut tried = 0;
        for before in unseen {
            for sign in ['=', '\u{ff0b}', '\u{fe63}', '@'] {
                for cell in [
                    format!("{before}{sign}1+1"),
                    format!(" {before}\t{sign}1+1"),
                ] {
                    let written = harmless(&cell);
                    assert!(
                        written.starts_with(['\'', '\\']),
                        "{}",
                        cell.escape_unicode()
                    );
                    assert!(!may_be_a_formula(&written), "{}", cell.escape_unicode());
                    tried += 1;
                }
            }
        }
        assert!(tried > 1_000);
        for sign in signs {
            let written = harmless(&format!("{sign}1+1"));
            assert!(!may_be_a_formula(&written), "{}", sign.escape_unicode());
        }
    }
}
