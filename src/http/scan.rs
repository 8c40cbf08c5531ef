//! The check of a document's text before anything parses it.
//!
//! async-graphql builds its tree by recursion and dies of a full stack at nestings that its own guards let pass,
//! so the brackets are counted here first. The scanner knows just enough of the grammar for that: strings, block
//! strings and comments. What it cannot finish (an open string) it refuses, because the parser would go on
//! reading it another way. Names that are given twice at one place it refuses, because the parser keeps one of the two
//! and says nothing.

use std::collections::HashSet;

use async_graphql::Pos;

use super::limits::{DEEPEST, Limits, over};
use crate::error::{Problem, Refusal};

/// What the text of a document holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Tokens.
    pub tokens: usize,
    /// Brackets open at one place, at most.
    pub nesting: usize,
    /// Bytes of the longest string.
    pub literal_bytes: usize,
    /// Bytes of the longest name or number.
    pub name_bytes: usize,
}

/// Checks the text of a document before it is parsed.
pub fn scan(document: &str, limits: &Limits) -> Result<Scanned, Refusal> {
    if document.len() > limits.document_bytes {
        return Err(over(Problem::DocumentTooLarge, "bytes of document", limits.document_bytes));
    }
    Scanner { text: document, at: 0, open: Vec::new(), last: None, found: Scanned::default(), limits }.run()
}

/// A bracket that is open.
enum Open<'a> {
    /// Around what is given by name: arguments, variables, an input object; with the names so far.
    Given(HashSet<&'a str>),
    /// Around the values of a list that is given.
    List,
    /// Around selections, which may repeat what they like.
    Selections,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open<'a>>,
    /// The word that the last token was.
    last: Option<&'a str>,
    found: Scanned,
    limits: &'a Limits,
}

impl<'a> Scanner<'a> {
    fn run(mut self) -> Result<Scanned, Refusal> {
        while let Some(byte) = self.peek() {
            let start = self.at;
            self.step(byte).map_err(|refusal| refusal.at(place(self.text, start)))?;
        }
        Ok(self.found)
    }

    fn step(&mut self, byte: u8) -> Result<(), Refusal> {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => self.at += 1,
            // U+FEFF is white space, too.
            0xEF if self.rest().starts_with(b"\xEF\xBB\xBF") => self.at += 3,
            b'#' => self.skip_while(|byte| byte != b'\n' && byte != b'\r'),
            b'"' => {
                self.token()?;
                self.string()?;
            }
            b'{' | b'[' | b'(' => {
                self.token()?;
                self.opens(byte)?;
            }
            b'}' | b']' | b')' => {
                self.token()?;
                self.open.pop();
                self.at += 1;
            }
            b':' => {
                let name = self.last;
                self.token()?;
                self.given(name)?;
                self.at += 1;
            }
            0 => return Err(nul()),
            _ if is_word(byte) => {
                self.token()?;
                self.word()?;
            }
            _ => {
                self.token()?;
                self.at += 1;
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn token(&mut self) -> Result<(), Refusal> {
        self.last = None;
        self.found.tokens += 1;
        if self.found.tokens > self.limits.tokens {
            return Err(over(Problem::TooManyTokens, "tokens", self.limits.tokens));
        }
        Ok(())
    }

    fn opens(&mut self, byte: u8) -> Result<(), Refusal> {
        let is_value = matches!(self.open.last(), Some(Open::Given(_) | Open::List));
        self.open.push(match byte {
            b'(' => Open::Given(HashSet::new()),
            b'[' => Open::List,
            _ if is_value => Open::Given(HashSet::new()),
            _ => Open::Selections,
        });
        self.at += 1;
        self.found.nesting = self.found.nesting.max(self.open.len());
        let deepest = self.limits.nesting.min(DEEPEST);
        if self.open.len() > deepest {
            return Err(over(Problem::TooDeep, "brackets open at one place", deepest));
        }
        Ok(())
    }

    /// The name before a colon: an alias among selections, and elsewhere what a value is given to.
    fn given(&mut self, name: Option<&'a str>) -> Result<(), Refusal> {
        let (Some(name), Some(Open::Given(names))) = (name, self.open.last_mut()) else { return Ok(()) };
        if names.insert(name) {
            return Ok(());
        }
        Err(Problem::ValidationFailed
            .because(format!("\"{name}\" is given twice at one place. Leave one out.")))
    }

    fn word(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.skip_while(is_word);
        self.found.name_bytes = self.found.name_bytes.max(self.at - start);
        if self.at - start > self.limits.name_bytes {
            return Err(over(Problem::LiteralTooLong, "bytes in one name or number", self.limits.name_bytes));
        }
        self.last = self.text.get(start..self.at);
        Ok(())
    }

    fn skip_while(&mut self, goes_on: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&goes_on) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        if self.rest().starts_with(b"\"\"\"") {
            self.block_string()?;
        } else {
            self.line_string()?;
        }
        self.found.literal_bytes = self.found.literal_bytes.max(self.at - start);
        if self.at - start > self.limits.literal_bytes {
            return Err(over(Problem::LiteralTooLong, "bytes in one string", self.limits.literal_bytes));
        }
        Ok(())
    }

    fn line_string(&mut self) -> Result<(), Refusal> {
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') if self.rest().starts_with(b"\\u0000") => return Err(nul()),
                Some(b'\\') => self.at += 2,
                Some(0) => return Err(nul()),
                None | Some(b'\n' | b'\r') => return Err(unfinished()),
                Some(_) => self.at += 1,
            }
        }
    }

    fn block_string(&mut self) -> Result<(), Refusal> {
        self.at += 3;
        loop {
            let rest = self.rest();
            if rest.starts_with(b"\"\"\"") {
                self.at += 3;
                return Ok(());
            }
            let step = match rest.first() {
                None => return Err(unfinished()),
                Some(0) => return Err(nul()),
                Some(_) if rest.starts_with(b"\\\"\"\"") => 4,
                Some(_) => 1,
            };
            self.at += step;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn unfinished() -> Refusal {
    Problem::ParseFailed.because("A string is not closed. Close it, or write it between triple quotes.")
}

fn nul() -> Refusal {
    Problem::BadUserInput.because("The character NUL is in the text. Leave it out.")
}

/// Line and column, counted as the parser counts them: from one, in characters.
fn place(text: &str, at: usize) -> Pos {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Pos { line, column }
}

/// Refuses JSON that is nested too deep, before serde goes down into it.
pub(super) fn scan_json(text: &str, limits: &Limits) -> Result<(), Refusal> {
    let deepest = limits.nesting.min(DEEPEST);
    let (mut open, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > deepest {
            return Err(over(Problem::TooDeep, "levels of JSON", deepest));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(document: &str) -> Result<(), Problem> {
        scan(document, &Limits::default()).map(drop).map_err(|refusal| refusal.problem())
    }

    #[test]
    fn names_are_given_once_at_one_place() {
        for text in [
            "{ a(b: 1, b: 2) }",
            "{ a(b: 1 # b:\n c: {d: 1 d: 2}) }",
            "{ a(b: [{c: 1}, {c: 1, d: 2, c: 3}]) }",
            "query($a: Int, $a: Int) { a }",
            "query($a: F = {b: 1, b: 1}) { a }",
            "{ a @b(c: 1, c: 1) }",
            "query @b(c: 1, c: 1) { a }",
            "{ a(b: 1,,,b # twice\n,: 2) }",
            "{ a(b: {c: 1, c\u{feff}: 2}) }",
        ] {
            assert_eq!(scanned(text), Err(Problem::ValidationFailed), "{text}");
        }
        for text in [
            "{ a: b a: b c(a: 1) d(a: 1) }",
            "{ a(b: c, c: b, d: {b: c c: b}) }",
            "{ a(b: [{c: 1}, {c: 1}], c: {c: {c: 1}}) }",
            "query($a: Int, $b: [Int] = [1], $c: F = {a: 1}) { x: a(a: $a, b: {a: $a}) x: a { x: b x: b } }",
            "{ a(b: \"b: b:\", c: \"\"\"b: c:\"\"\") @a(b: 1) @c(b: 1) }",
        ] {
            assert_eq!(scanned(text), Ok(()), "{text}");
        }
        let refusal = scan("{\n a(bc: 1,\n  bc: 2) }", &Limits::default()).unwrap_err();
        assert_eq!(refusal.sentence(), "\"bc\" is given twice at one place. Leave one out.");
    }

    #[test]
    fn brackets_count_only_where_the_parser_counts_them() {
        let many = "[{(".repeat(200);
        for inside in [
            format!("{{ a(b: \"{many}\") }}"),
            format!("{{ a(b: \"\\\"{many}\") }}"),
            format!("{{ a(b: \"\"\"{many} \\\"\"\" {many}\"\"\") }}"),
            format!("{{ a # {many}\n}}"),
        ] {
            assert_eq!(scanned(&inside), Ok(()), "{inside}");
        }
        for outside in [
            format!("{{ a(b: {many}"),
            format!("# comment\r{many}"),
            format!("{{ a(b: \"\" {many}"),
            format!("{{ a(b: \"\\\\\" {many}"),
            format!("{{ a(b: \"\"\"\"\"\" {many}"),
        ] {
            assert_eq!(scanned(&outside), Err(Problem::TooDeep), "{outside}");
        }
    }

    #[test]
    fn open_strings_are_refused() {
        for text in ["{ a(b: \"x", "{ a(b: \"x\n\")}", "{ a(b: \"\"\"x\" [[[", "\"\\", "\"\"\"\\\"\"\""] {
            assert_eq!(scanned(text), Err(Problem::ParseFailed), "{text}");
        }
    }

    #[test]
    fn nul_is_refused_raw_and_escaped() {
        for text in ["{ a\0 }", "{ a(b: \"\0\") }", "{ a(b: \"\\u0000\") }", "{ a(b: \"\"\"\0\"\"\") }"] {
            assert_eq!(scanned(text), Err(Problem::BadUserInput), "{text}");
        }
    }

    #[test]
    fn sizes_are_bounded() {
        assert_eq!(scanned(&"a ".repeat(10_000)), Ok(()));
        assert_eq!(scanned(&"a ".repeat(10_001)), Err(Problem::TooManyTokens));
        assert_eq!(scanned(&format!("{{ {} }}", "a".repeat(200))), Ok(()));
        assert_eq!(scanned(&format!("{{ {} }}", "a".repeat(201))), Err(Problem::LiteralTooLong));
        assert_eq!(scanned(&format!("\"{}\"", "a".repeat(16_382))), Ok(()));
        assert_eq!(scanned(&format!("\"{}\"", "a".repeat(16_383))), Err(Problem::LiteralTooLong));
        assert_eq!(scanned(&" ".repeat(102_400)), Ok(()));
        assert_eq!(scanned(&" ".repeat(102_401)), Err(Problem::DocumentTooLarge));
    }

    #[test]
    fn configuration_cannot_lift_the_ceiling_nor_misspell() {
        let limits: Limits = toml::from_str("nesting = 1000\ntokens = 7").unwrap();
        assert_eq!((limits.tokens, limits.depth), (7, Limits::default().depth));
        let limits = Limits { tokens: 1000, ..limits };
        assert!(scan(&"[".repeat(64), &limits).is_ok() && scan_json(&"[".repeat(64), &limits).is_ok());
        assert!(scan(&"[".repeat(65), &limits).is_err() && scan_json(&"[".repeat(65), &limits).is_err());
        assert!(toml::from_str::<Limits>("tokns = 7").is_err());
    }

    #[test]
    fn place_is_line_and_column_in_characters() {
        assert_eq!(place("é\nüx", 6), Pos { line: 2, column: 3 });
        assert_eq!(place("", 0), Pos { line: 1, column: 1 });
    }
}
