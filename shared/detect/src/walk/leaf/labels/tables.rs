//! Finds values in tables that are texts: lines of comma-separated values (RFC 4180) under a line with
//! the names of the columns, and the rows of an `INSERT` statement.

use memchr::{memchr, memchr2, memchr2_iter};

use super::Labelled;
use crate::json::RawString;
use crate::shape::{self, Shape};
use crate::walk::{Field, Walk};

const LONGEST_NAME: usize = 64;
/// The most columns. The cells after them are searched as text.
const MOST_COLUMNS: usize = 256;
const LONGEST_HEAD: usize = 8 << 10;
/// The most statements in one text. The rows after them are searched as text.
const MOST_STATEMENTS: usize = 64;
/// The fewest columns whose names have a meaning.
const FEWEST_KNOWN: usize = 2;

/// Returns true if a text of this shape may be a table.
#[inline]
pub(in crate::walk::leaf) const fn may_hold_table(shape: Shape) -> bool {
    shape.has(shape::SPACE) && shape.has(shape::OTHER)
}

impl Walk<'_> {
    /// Adds the cells of a table whose columns have names with a meaning to the hits.
    #[inline(never)]
    pub(in crate::walk::leaf) fn search_table(&mut self, text: &str, field: &Field) {
        if let Some(end) = memchr(b'\n', &text.as_bytes()[..text.len().min(LONGEST_HEAD)]) {
            self.search_lines(text, end, field);
        }
        if text.contains('(') {
            self.search_inserts(text, field);
        }
    }

    /// Searches lines of cells. The first line ends at `head_end`.
    fn search_lines(&mut self, text: &str, head_end: usize, field: &Field) {
        let Some(separator) = separator_of(&text[..head_end]) else {
            return;
        };
        let head = cells(text, 0, head_end, separator).collect::<Vec<_>>();
        let second_end = line_end(text, head_end + 1);
        let is_table = cells(text, head_end + 1, second_end, separator).count() == head.len();
        if !is_table || !self.are_names(text, &head) {
            return;
        }
        let mut start = head_end + 1;
        while start < text.len() {
            let end = line_end(text, start);
            let row = cells(text, start, end, separator);
            for (&label, value) in head.iter().zip(row) {
                self.ask_cell(text, label, value, field);
            }
            start = end + 1;
        }
    }

    /// Searches the rows of `INSERT INTO t (a, b) VALUES ('x', 'y'), …`.
    fn search_inserts(&mut self, text: &str, field: &Field) {
        let bytes = text.as_bytes();
        let mut at = 0;
        for _ in 0..MOST_STATEMENTS {
            let Some(values) = find_values(bytes, at) else {
                return;
            };
            at = values + VALUES.len();
            let before = text[..values].trim_end();
            let Some(close) = before.strip_suffix(')').map(str::len) else {
                continue;
            };
            let from = text.ceil_char_boundary(close.saturating_sub(LONGEST_HEAD));
            let Some(open) = text[from..close].rfind('(').map(|open| from + open + 1) else {
                continue;
            };
            let names = cells(text, open, close, b',').collect::<Vec<_>>();
            if !self.are_names(text, &names) {
                continue;
            }
            while let Some(row) = next_row(text, at) {
                let mut column = 0;
                at = row;
                while let Some((value, next)) = next_value(text, at) {
                    if let Some(&label) = names.get(column) {
                        self.ask_cell(text, label, value, field);
                    }
                    column += 1;
                    at = next + 1;
                    if bytes.get(next) != Some(&b',') {
                        break;
                    }
                }
            }
        }
    }

    fn ask_cell(
        &mut self,
        text: &str,
        label: (usize, usize),
        value: (usize, usize),
        field: &Field,
    ) {
        let labelled = Labelled {
            label,
            value,
            is_quoted: true,
        };
        self.ask_label(text, labelled, label.0, field);
    }

    /// Returns true if the cells are the names of columns, of which enough have a meaning.
    fn are_names(&mut self, text: &str, head: &[(usize, usize)]) -> bool {
        if !(2..=MOST_COLUMNS).contains(&head.len()) {
            return false;
        }
        let mut known = 0;
        for &(start, end) in head {
            let name = text.get(start..end).unwrap_or_default();
            let is_name = name.len() <= LONGEST_NAME
                && !name.starts_with(|first: char| first.is_ascii_digit())
                && name.split(' ').count() <= 4
                && !name.contains(['@', '(', ':', '=']);
            if !is_name {
                return false;
            }
            known += usize::from(self.label_name(RawString::plain(name)).has_meaning());
        }
        known >= FEWEST_KNOWN && known * 3 >= head.len()
    }
}

const VALUES: &[u8] = b"VALUES";

/// Returns the next `VALUES`, in capitals or in small letters.
fn find_values(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    memchr2_iter(b'V', b'v', rest)
        .find(|at| {
            let word = rest.get(*at..at + VALUES.len());
            word.is_some_and(|word| word.eq_ignore_ascii_case(VALUES))
        })
        .map(|at| from + at)
}

/// Returns the offset after the bracket that opens the next row.
fn next_row(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let gap = rest.len() - rest.trim_start_matches([' ', ',', '\n', '\r', '\t']).len();
    rest[gap..].starts_with('(').then_some(at + gap + 1)
}

/// Returns the next value of a row, without its quotes, and the offset of the comma or bracket after
/// it.
fn next_value(text: &str, at: usize) -> Option<((usize, usize), usize)> {
    let bytes = text.as_bytes();
    let spaces = bytes
        .get(at..)?
        .iter()
        .take_while(|byte| **byte == b' ')
        .count();
    let start = at + spaces;
    let quote = *bytes.get(start)?;
    if !matches!(quote, b'\'' | b'"') {
        let end = start + memchr2(b',', b')', &bytes[start..])?;
        return Some(((start, end), end));
    }
    let mut close = start + 1;
    loop {
        close += memchr(quote, bytes.get(close..)?)?;
        // Two quotes are one in the value.
        if bytes.get(close + 1) != Some(&quote) {
            break;
        }
        close += 2;
    }
    let end = close + memchr2(b',', b')', &bytes[close..])?;
    Some(((start + 1, close), end))
}

/// Returns the separator of a line that has at least one.
fn separator_of(line: &str) -> Option<u8> {
    let count = |separator: &u8| line.bytes().filter(|byte| byte == separator).count();
    let most = [b',', b';', b'\t', b'|'].into_iter().max_by_key(count)?;
    (count(&most) > 0).then_some(most)
}

fn line_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from + memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Cuts `start..end` into cells, without the space and the quotes around them.
fn cells(
    text: &str,
    start: usize,
    end: usize,
    separator: u8,
) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let end = end.min(bytes.len());
    let mut next = Some(start).filter(|start| *start < end);
    std::iter::from_fn(move || {
        let from = next?;
        let mut at = from;
        let mut is_quoted = false;
        while at < end && (is_quoted || bytes[at] != separator) {
            is_quoted ^= bytes[at] == b'"';
            at += 1;
        }
        next = (at < end).then_some(at + 1);
        let cell = text.get(from..at).unwrap_or_default();
        let is_around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '[' | ']');
        let lead = cell.len() - cell.trim_start_matches(is_around).len();
        Some((
            from + lead,
            from + lead + cell.trim_matches(is_around).len(),
        ))
    })
}

#[cfg(test)]
mod tests {
    use crate::Engine;

    fn found(text: &str) -> Vec<(&'static str, String)> {
        let document = serde_json::json!({ "x": text }).to_string();
        let scan = Engine::new().scan_json(document.as_bytes()).unwrap();
        let value = |start: u32, end: u32| {
            let characters = text.chars().skip(start as usize);
            characters.take((end - start) as usize).collect()
        };
        let findings = scan.findings.iter();
        findings
            .map(|f| (f.class.name(), value(f.start, f.end)))
            .collect()
    }

    #[test]
    fn the_first_line_names_the_cells_of_the_others() {
        for text in [
            "id,last_name,dob\n1,Souza,1984-07-06\n2,Berg,1990-01-02\n",
            "dob;Nachname;Kundennr\r\n1984-07-06;Souza;\r\n1990-01-02;Berg;\r\n",
            "\"Last name\"\t\"Date of birth\"\n\"Souza\"\t\"1984-07-06\"\n\"Berg\"\t\"1990-01-02\"",
        ] {
            let mut found = found(text);
            found.sort_unstable();
            let names = ["Berg", "Souza"].map(|name| ("PERSON_NAME", name.to_owned()));
            let dates = ["1984-07-06", "1990-01-02"].map(|date| ("DATE_OF_BIRTH", date.to_owned()));
            assert_eq!(found, [dates, names].concat(), "{text}");
        }
    }

    #[test]
    fn the_columns_of_a_statement_name_its_values() {
        let text = "INSERT INTO users (id, first_name, password) VALUES (1, 'O''Neil', 'Sommer24!'), (2, 'Ana', 'Winter-7');";
        let expected = [
            ("PERSON_NAME", "O''Neil"),
            ("PASSWORD", "Sommer24!"),
            ("PERSON_NAME", "Ana"),
            ("PASSWORD", "Winter-7"),
        ];
        assert_eq!(
            found(text),
            expected.map(|(class, value)| (class, value.to_owned()))
        );
    }

    #[test]
    fn sentences_are_no_tables() {
        for text in [
            "Total,count,ratio\n1,2,3\n4,5,6",
            "Please send us your first name, last name\nor, if you like, Ana or Rui",
            "Dear Ana, your phone, email\nand Rui, Bob, Ida",
            "first_name,last_name",
            "UPDATE t SET a = 1 WHERE f(values) IN (1, 2)",
            "x (a, b) VALUES (1, 'Ana')",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }
}
