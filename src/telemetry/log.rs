//! How the log is written: each event one line whatever its texts hold, and of other packages warnings alone.
use std::{
    fmt::Write as _,
    io::{self, Write},
    panic::PanicHookInfo,
};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt as _, LevelFilter, filter_fn},
    fmt::{MakeWriter, layer},
    registry::LookupSpan,
};

use super::TRACE;

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Json,
    /// Words, for people at a terminal.
    Text,
}

/// The log, in a format, at a level, to a writer.
pub fn lines<S, W>(format: Format, level: EnvFilter, to: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Said so, what is below it is not even put together: of two filters, one without a hint counts as the most talkative.
    let most = level.max_level_hint().unwrap_or(LevelFilter::TRACE);
    let filter = level.and(filter_fn(may_speak).with_max_level_hint(most));
    let to = Lines(to);
    match format {
        Format::Json => layer().json().with_writer(to).with_filter(filter).boxed(),
        Format::Text => layer().with_ansi(false).with_writer(to).with_filter(filter).boxed(),
    }
}

/// Other packages print what passes through them below a warning: parameters of statements, headers, frames.
fn may_speak(event: &Metadata<'_>) -> bool {
    let is_ours = event.target() == "portico" || event.target().starts_with("portico::");
    if is_ours { event.target() != TRACE } else { *event.level() <= Level::WARN }
}

/// Writes a panic to the log by its place. Its text may hold what the code held, and is written nowhere.
pub fn panicked(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic.location().map_or(("unknown", 0), |place| (place.file(), place.line()));
    tracing::error!(file, line, "a panic");
}

/// Writes each event as one line.
struct Lines<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Lines<W> {
    type Writer = Line<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Self::Writer {
        Line(self.0.make_writer_for(event))
    }
}

/// Takes an event at once, as the subscriber hands it over.
struct Line<W>(W);

impl<W: Write> Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        match escaped(event) {
            None => self.0.write_all(event)?,
            Some(line) => self.0.write_all(line.as_bytes())?,
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The event with each character that ends or hides a line, or speaks to a terminal, in JSON's escape; none where there
/// is no such character.
fn escaped(event: &[u8]) -> Option<String> {
    let (text, end) = match event.split_last() {
        Some((b'\n', text)) => (text, "\n"),
        Some(_) | None => (event, ""),
    };
    // Most lines are plain, and are seen to be so by their bytes: what is no ASCII is looked at closer.
    if text.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        return None;
    }
    let text = String::from_utf8_lossy(text);
    let mut line = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_steering(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing into a String cannot fail.
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(character);
        }
    }
    line.push_str(end);
    Some(line)
}

/// Whether it breaks a line, steers a terminal or turns the direction of writing.
pub fn is_steering(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(event: &str) -> String {
        let mut line = Line(Vec::new());
        line.write_all(event.as_bytes()).unwrap();
        String::from_utf8(line.0).unwrap()
    }

    #[test]
    fn no_text_ends_a_line_or_speaks_to_a_terminal() {
        assert_eq!(written("plain\n"), "plain\n");
        assert_eq!(written("Müller & Söhne\n"), "Müller & Söhne\n");
        assert_eq!(written("a\nb\r\u{b}\u{c}c\n"), "a\\u000ab\\u000d\\u000b\\u000cc\n");
        assert_eq!(written("\u{1b}[2J\u{9b}31m\u{7f}\n"), "\\u001b[2J\\u009b31m\\u007f\n");
        assert_eq!(written("a\u{85}b\u{2028}c\u{2029}d\n"), "a\\u0085b\\u2028c\\u2029d\n");
        assert_eq!(written("\u{202e}gpj.exe\u{2066}\n"), "\\u202egpj.exe\\u2066\n");
        assert_eq!(written("no end"), "no end");
    }

    #[test]
    fn what_nobody_will_read_is_not_put_together() {
        use tracing_subscriber::{Registry, layer::SubscriberExt as _};
        let level = |words: &str| {
            let none: Option<Box<dyn Layer<Registry> + Send + Sync>> = None;
            let log = lines(Format::Json, EnvFilter::new(words), io::sink);
            tracing_subscriber::registry().with(none).with(log).max_level_hint()
        };
        assert_eq!(level("info"), Some(LevelFilter::INFO));
        assert_eq!(level("warn,portico::http=debug"), Some(LevelFilter::DEBUG));
    }

    #[test]
    fn what_is_escaped_in_json_stays_json() {
        let event = serde_json::json!({ "name": "a\u{2028}b\u{7f}" }).to_string();
        let read: serde_json::Value = serde_json::from_str(&written(&event)).unwrap();
        assert_eq!(read["name"], "a\u{2028}b\u{7f}");
    }
}
