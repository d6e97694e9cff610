//! `piitrail report`: gives the report function's answers on one machine.
//!
//! The subcommands and their options are built from the registry of questions that the report
//! function uses, so a new question needs no change here. The registry also checks values, so the
//! options accept any text. Two fields of a request differ on the command line: the width of a
//! table is that of the terminal, and a person is named by an identifier, which is turned into
//! fingerprints before anything else happens with it.

use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal as _, Write as _};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Args as ClapArgs, Command, Error, FromArgMatches};
use jiff::Timestamp;
use piitrail_report::fields::{Field, Takes};
use piitrail_report::{Body, Question, Refusal, Request, questions, schema};
use serde_json::{Map, Value, json};

use crate::args::{Person, Store};
use crate::failure::{Ending, Failure};
use crate::output::{self, Style};
use crate::store::{self, Use};
use crate::subject;

/// The field of a request that names people by their fingerprints.
const SUBJECTS: &str = "subjects";

/// The field of a request that is taken from the terminal.
const WIDTH: &str = "width";

/// The options that are not fields of a request.
#[derive(Debug, ClapArgs)]
struct Options {
    #[command(flatten)]
    store: Store,
    /// Write to a file instead of standard output; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A parsed `piitrail report` command.
#[derive(Debug)]
pub(crate) enum Report {
    /// Print the JSON Schema of requests.
    Schema,
    /// Answer a question.
    Question(Box<Asked>),
}

/// A question with its options.
#[derive(Debug)]
pub(crate) struct Asked {
    options: Options,
    /// The fields of the request, without those that have another form on the command line.
    fields: Map<String, Value>,
    /// The person that the question is about, if it is about one.
    person: Option<Person>,
}

impl Report {
    /// Returns the store that the question is answered from.
    pub(crate) fn store(&self) -> Option<&str> {
        match self {
            Self::Schema => None,
            Self::Question(asked) => Some(&asked.options.store.store),
        }
    }
}

impl ClapArgs for Report {
    fn augment_args(command: Command) -> Command {
        let schema = Arg::new("schema")
            .long("schema")
            .action(ArgAction::SetTrue)
            .help("Print the JSON Schema of the report function's request");
        questions()
            .iter()
            .fold(command.arg(schema), |command, question| {
                command.subcommand(subcommand(question))
            })
            .arg_required_else_help(true)
            .disable_help_subcommand(true)
            .subcommand_value_name("QUESTION")
            .subcommand_help_heading("Questions")
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Report {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let is_schema = matches.get_flag("schema");
        if is_schema && matches.subcommand().is_some() {
            let mut error = Error::new(ErrorKind::ArgumentConflict);
            for (kind, argument) in [
                (ContextKind::InvalidArg, "--schema"),
                (ContextKind::PriorArg, "QUESTION"),
            ] {
                error.insert(kind, ContextValue::String(argument.to_owned()));
            }
            return Err(error);
        }
        if is_schema {
            return Ok(Self::Schema);
        }
        let Some((name, matches)) = matches.subcommand() else {
            return Err(Error::raw(
                ErrorKind::MissingSubcommand,
                "the question is missing\n",
            ));
        };
        let question = questions().iter().find(|question| question.name == name);
        let fields = question.map(Question::fields).unwrap_or_default();
        let is_about_a_person = fields.iter().any(|field| field.path == SUBJECTS);
        let mut request = Map::new();
        request.insert("report".to_owned(), json!(name));
        if let Some(format) = matches.get_one::<String>("format") {
            request.insert("format".to_owned(), json!(format));
        }
        for field in on_command_line(&fields) {
            if let Some(value) = given(matches, &field) {
                set(&mut request, &field.path, value);
            }
        }
        Ok(Self::Question(Box::new(Asked {
            options: Options::from_arg_matches(matches)?,
            fields: request,
            person: if is_about_a_person {
                Some(Person::from_arg_matches(matches)?)
            } else {
                None
            },
        })))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Returns the subcommand of a question.
fn subcommand(question: &'static Question) -> Command {
    let fields = question.fields();
    let mut command = Options::augment_args(Command::new(question.name)).arg(
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(Words(
                schema::formats(question)
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
            ))
            .default_value("table")
            .help("Output format"),
    );
    if fields.iter().any(|field| field.path == SUBJECTS) {
        command = Person::augment_args(command);
    }
    // Set last, because a flattened struct overwrites the description of the command.
    command
        .args(on_command_line(&fields).map(argument))
        .about(question.about)
}

/// Returns the fields that become options unchanged.
fn on_command_line(fields: &[Field]) -> impl Iterator<Item = Field> {
    let fields = fields
        .iter()
        .filter(|field| field.path != SUBJECTS && field.path != WIDTH);
    fields.cloned().collect::<Vec<_>>().into_iter()
}

/// Returns the option of a field: `--event-type` for `filters.event_type`.
fn option_name(path: &str) -> String {
    path.rsplit('.')
        .next()
        .unwrap_or_default()
        .replace('_', "-")
}

fn argument(field: Field) -> Arg {
    let name = option_name(&field.path);
    let argument = Arg::new(field.path.clone())
        .long(name)
        .help(field.description)
        .required(field.is_required);
    let argument = match field.path.split_once('.') {
        Some((group, _)) => argument.help_heading(heading(group)),
        None => argument,
    };
    match field.takes {
        Takes::Flag => argument.action(ArgAction::SetTrue),
        Takes::OneOf(words) => argument
            .value_name(field.value_name)
            .value_parser(Words(words)),
        Takes::Text => argument.value_name(field.value_name),
        // So that a negative number is refused as a value and not as an option.
        Takes::Number => argument
            .value_name(field.value_name)
            .allow_negative_numbers(true),
        Takes::List => argument
            .value_name(field.value_name)
            .action(ArgAction::Append),
    }
}

/// A parser that accepts any text and lists the accepted words in help and completions. The request
/// refuses every other word.
#[derive(Clone)]
struct Words(Vec<String>);

impl TypedValueParser for Words {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        _argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let text = value.to_str().map(str::to_owned);
        text.ok_or_else(|| Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

/// Returns the heading of a group: `Filters` for `filters`.
fn heading(group: &str) -> String {
    let (first, rest) = group.split_at(group.len().min(1));
    first.to_uppercase() + rest
}

/// Returns the value that was given for a field, as a request contains it.
fn given(matches: &ArgMatches, field: &Field) -> Option<Value> {
    match field.takes {
        Takes::Flag => matches.get_flag(&field.path).then_some(json!(true)),
        // Text that is not a number is kept, so that the request refuses it with the field's own
        // message.
        Takes::Number => matches.get_one::<String>(&field.path).map(|text| {
            text.parse::<u64>()
                .map_or_else(|_| json!(text), |number| json!(number))
        }),
        Takes::Text | Takes::OneOf(_) => matches
            .get_one::<String>(&field.path)
            .map(|text| json!(text)),
        Takes::List => matches
            .get_many::<String>(&field.path)
            .map(|texts| json!(texts.collect::<Vec<_>>())),
    }
}

/// Sets the value at a path such as `filters.tier`.
fn set(request: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            request.insert(path.to_owned(), value);
        }
        Some((object, rest)) => {
            let inner = request
                .entry(object)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// Answers a question and prints the answer.
pub(crate) async fn run(asked: Report, now: Timestamp) -> Result<Ending, Failure> {
    let mut asked = match asked {
        Report::Schema => {
            let text = serde_json::to_string_pretty(&schema::schema())?;
            let mut out = output::stdout(Style::Json);
            writeln!(out, "{text}")?;
            out.flush()?;
            return Ok(Ending::Fine);
        }
        Report::Question(asked) => *asked,
    };
    if let Some(person) = &asked.person {
        asked
            .fields
            .insert(SUBJECTS.to_owned(), json!(subject::ids(person)?));
    }
    let question = asked.fields.get("report").and_then(Value::as_str);
    let command = format!("report {}", question.unwrap_or_default());
    let mut request = Request::from_value(Value::Object(asked.fields))
        .map_err(|refusal| refused(command, refusal))?;
    let output = asked.options.output.filter(|path| path.as_os_str() != "-");
    let to_terminal = output.is_none() && std::io::stdout().is_terminal();
    if let (true, Some((width, _))) = (to_terminal, terminal_size::terminal_size()) {
        request.wrap_at(NonZeroU16::new(width.0).unwrap_or(NonZeroU16::MIN));
    }
    let place = &asked.options.store.store;
    if let Some(output) = &output
        && same_file::is_same_file(output, place).unwrap_or(false)
    {
        return Err(Failure::OutputIsStore(output.clone()));
    }
    let store = store::open(place, Use::Read).await?;
    let answer = piitrail_report::answer(store.as_ref(), &request, now).await?;
    let mut notes = output::stderr();
    for caveat in &answer.caveats {
        writeln!(notes, "note: {caveat}")?;
    }
    notes.flush()?;
    if let Some(path) = output {
        let bytes = answer.body.into_bytes().map_err(Failure::Answer)?;
        std::fs::write(&path, bytes).map_err(|source| Failure::Output {
            path: path.clone(),
            source,
        })?;
        if let Some(about) = answer.about {
            write_about(&path, about)?;
        }
        return Ok(Ending::Fine);
    }
    let mut out = output::stdout(match &answer.body {
        Body::Data(_) => Style::Json,
        Body::Text(_) => Style::Text,
        Body::Bytes(_) => Style::Data,
    });
    match answer.body {
        Body::Text(pieces) => {
            for piece in pieces {
                match piece.tier {
                    Some(tier) => out.paint(&piece.text, tier),
                    None => out.write_all(piece.text.as_bytes())?,
                }
            }
        }
        body => out.write_all(&body.into_bytes().map_err(Failure::Answer)?)?,
    }
    out.flush()?;
    Ok(Ending::Fine)
}

/// Writes the description of an answer to a file beside it: `map.csv.about.json` for `map.csv`.
/// Nothing is written for a device or a pipe.
fn write_about(path: &Path, about: Value) -> Result<(), Failure> {
    if !std::fs::metadata(path)?.is_file() {
        return Ok(());
    }
    let mut beside = OsString::from(path);
    beside.push(".about.json");
    let bytes = Body::Data(about).into_bytes().map_err(Failure::Answer)?;
    Ok(std::fs::write(beside, bytes)?)
}

/// Returns a refusal in the terms of the command line, where every field is an option.
fn refused(command: String, refusal: Refusal) -> Failure {
    match refusal.field {
        Some(path) => Failure::OptionValue {
            command,
            option: option_name(&path),
            problem: refusal.problem,
            expected: refusal.expected,
        },
        None => Failure::Report(refusal.into()),
    }
}
