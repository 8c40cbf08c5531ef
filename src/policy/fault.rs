//! What is wrong with a policy: every fault at once, each with its place and one sentence.

use std::fmt;

/// One thing that is wrong, where it stands, and what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file's name; empty when no single file is to blame.
    pub file: String,
    /// The line, counted from one; zero when no single line is to blame.
    pub line: usize,
    /// What is wrong, in one sentence.
    pub sentence: String,
    /// The known name that is nearest to an unknown one.
    pub nearest: Option<String>,
    /// Whether others may follow from it, so that it is told before them.
    pub is_cause: bool,
}

impl Fault {
    /// A fault of a line.
    pub fn at(file: &str, line: usize, sentence: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, sentence: sentence.into(), nearest: None, is_cause: false }
    }

    /// A fault of the policy as a whole.
    pub fn whole(sentence: impl Into<String>) -> Self {
        Self::at("", 0, sentence)
    }

    /// Says that others may follow from it.
    #[must_use]
    pub fn cause(mut self) -> Self {
        self.is_cause = true;
        self
    }

    /// Adds the nearest of the known names, if any is near.
    #[must_use]
    pub fn near<'a>(mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = nearest(name, known);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), self.line) {
            ("", _) => write!(f, "policy: {}", self.sentence)?,
            (file, 0) => write!(f, "{file}: {}", self.sentence)?,
            (file, line) => write!(f, "{file}:{line}: {}", self.sentence)?,
        }
        match &self.nearest {
            Some(name) => write!(f, " Did you mean `{name}`?"),
            None => Ok(()),
        }
    }
}

/// All faults of a policy, causes first, each group in the order of its places; never empty when it is an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Sorted, those first from which others may follow, each said once.
    pub fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort_by(|a, b| b.is_cause.cmp(&a.is_cause).then_with(|| a.cmp(b)));
        faults.dedup();
        Self(faults)
    }

    /// A single fault.
    pub fn one(fault: Fault) -> Self {
        Self(vec![fault])
    }

    /// That the engine itself failed.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::one(Fault::whole(format!("the policy engine failed: {why}.")))
    }

    /// The faults, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// `Err` with the faults, or `Ok` where there is none.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// The known name that needs the fewest strokes, if it is near enough to have been meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let reach = (name.chars().count() / 3).clamp(1, 4);
    let by_strokes = |other: &'a str| (strsim::damerau_levenshtein(name, other), other);
    let near = |pair: &(usize, &str)| pair.0 <= reach;
    known.into_iter().map(by_strokes).filter(near).min().map(|(_, other)| other.to_owned())
}
