//! Where a policy's text comes from: the files built into the program, or a folder of them.

use std::{fs, path::Path};

use super::fault::{Fault, Faults};

/// The casbin model. It belongs to the program: a folder may repeat it word for word, not change it.
pub(super) const MODEL: &str = include_str!("../../policies/model.conf");

/// The files of a policy as text, without byte order marks and with plain line ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    pub(super) files: Vec<File>,
}

/// A file of policy lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
}

/// Names a file and takes its text into the program.
macro_rules! built_in {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../policies/", $name)))),+]
    };
}

impl Source {
    /// The policy that the program was built with, in the order of the names.
    pub fn embedded() -> Self {
        Self::of(built_in![
            "billing.csv",
            "calendar.csv",
            "cases.csv",
            "dockets.csv",
            "documents.csv",
            "firms.csv",
            "internal.csv",
            "people.csv",
            "roles.csv",
        ])
    }

    /// Files that are already in memory, each a name and a text.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let file = |(name, text): (&str, &str)| File { name: name.to_owned(), text: plain(text) };
        Self { files: files.into_iter().map(file).collect() }
    }

    /// Every `.csv` of a folder, in the order of their names.
    pub fn folder(path: &Path) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut files = Vec::new();
        for name in names(path)? {
            match read(path, &name) {
                Ok(text) if is_model(&name) => faults.extend(changed_model(&text)),
                Ok(text) => files.push(File { name, text }),
                Err(fault) => faults.push(fault),
            }
        }
        if files.is_empty() && faults.is_empty() {
            faults.push(Fault::whole(format!("the folder `{}` has no .csv file.", path.display())));
        }
        Faults::new(faults).into_result()?;
        Ok(Self { files })
    }
}

fn names(path: &Path) -> Result<Vec<String>, Faults> {
    let unreadable = |error: std::io::Error| {
        Faults::one(Fault::whole(format!("the folder `{}` can't be read: {error}.", path.display())))
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        // Editors leave hidden files and copies behind.
        let is_line_file = Path::new(&name).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("csv"));
        if !name.starts_with('.') && (is_line_file || is_model(&name)) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn read(folder: &Path, name: &str) -> Result<String, Fault> {
    let bytes = fs::read(folder.join(name))
        .map_err(|error| Fault::at(name, 0, format!("the file can't be read: {error}.")))?;
    let text = String::from_utf8(bytes).map_err(|_| Fault::at(name, 0, "the file is not UTF-8 text."))?;
    Ok(plain(&text))
}

fn is_model(name: &str) -> bool {
    name == "model.conf"
}

fn changed_model(text: &str) -> Option<Fault> {
    let changed = text.trim() != plain(MODEL).trim();
    changed.then(|| {
        Fault::at("model.conf", 0, "differs from the program's own model, which can't be changed here.")
    })
}

/// Without a byte order mark, which would hide the first line, and with plain line ends.
fn plain(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n")
}
