//! The walk over a folder of dockets: every file once, in sorted order, each read whole or refused with a reason.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::docket::{self, Reading};
use super::report::{Code, Issue, Severity};

/// The largest file that is taken, in bytes. The longest dockets of large cases have some 20,000 entries.
pub const FILE_CAP: u64 = 32 * 1024 * 1024;

/// One file of the walk: its name relative to the root, and what it turned out to be.
#[derive(Debug)]
pub struct Found {
    /// The name, with `/` between folders.
    pub file: String,
    /// What it is.
    pub reading: Reading,
}

/// Every file under `root`, or `root` itself where it is a file. Files are opened one at a time, as the iterator
/// is driven; a folder reached twice through links is read once.
pub fn all(root: &Path) -> impl Iterator<Item = Found> {
    with_cap(root, FILE_CAP)
}

fn with_cap(root: &Path, cap: u64) -> impl Iterator<Item = Found> {
    let mut walk = Walk { seen: HashSet::new(), places: Vec::new() };
    walk.visit(root);
    let root = root.to_owned();
    walk.places.into_iter().map(move |place| {
        let (path, problem) = place;
        let file = name(&root, &path);
        match problem {
            Some((severity, code, sentence)) => {
                let issue = Issue::of_file(severity, code, &file, sentence);
                let reading = if severity == Severity::Refused {
                    Reading::Refused(issue)
                } else {
                    Reading::LeftOut(issue)
                };
                Found { file, reading }
            }
            None => open(file, &path, cap),
        }
    })
}

type Problem = (Severity, Code, String);

struct Walk {
    seen: HashSet<PathBuf>,
    places: Vec<(PathBuf, Option<Problem>)>,
}

impl Walk {
    fn visit(&mut self, path: &Path) {
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => {
                return self.refuse(path, Code::Unreadable, format!("It can't be opened: {error}."));
            }
        };
        if !self.seen.insert(real) {
            let problem =
                (Severity::Note, Code::LinkNotFollowed, "It leads to something already read.".to_owned());
            return self.places.push((path.to_owned(), Some(problem)));
        }
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => self.enter(path),
            Ok(data) if data.is_file() => self.file(path),
            Ok(_) => self.refuse(path, Code::Unreadable, "It is neither a file nor a folder.".to_owned()),
            Err(error) => self.refuse(path, Code::Unreadable, format!("It can't be opened: {error}.")),
        }
    }

    fn file(&mut self, path: &Path) {
        let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let sentence = "Its name does not end in .json, so it was left out.";
        let problem = (Severity::Note, Code::NotJson, sentence.to_owned());
        self.places.push((path.to_owned(), (!is_json).then_some(problem)));
    }

    fn enter(&mut self, path: &Path) {
        let listed = fs::read_dir(path).and_then(|list| list.map(|item| item.map(|i| i.path())).collect());
        match listed {
            Ok(paths) => {
                let mut paths: Vec<PathBuf> = paths;
                paths.sort();
                for path in &paths {
                    self.visit(path);
                }
            }
            Err(error) => {
                self.refuse(path, Code::Unreadable, format!("The folder can't be listed: {error}."));
            }
        }
    }

    fn refuse(&mut self, path: &Path, code: Code, sentence: String) {
        self.places.push((path.to_owned(), Some((Severity::Refused, code, sentence))));
    }
}

fn name(root: &Path, path: &Path) -> String {
    let short = path.strip_prefix(root).ok().filter(|rest| !rest.as_os_str().is_empty());
    let short = short.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    short.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn open(file: String, path: &Path, cap: u64) -> Found {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|opened| opened.take(cap + 1).read_to_end(&mut bytes));
    let refused =
        |code, sentence: String| Reading::Refused(Issue::of_file(Severity::Refused, code, &file, sentence));
    let reading = match read {
        Err(error) => refused(Code::Unreadable, format!("It can't be read: {error}.")),
        Ok(count) if u64::try_from(count).is_ok_and(|count| count > cap) => {
            refused(Code::TooLarge, format!("It is larger than {cap} bytes."))
        }
        Ok(_) => docket::read(&file, &bytes),
    };
    Found { file, reading }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCKET: &str = r#"{"court_id": "cand", "docket_number": "1:20-cv-1", "docket_entries": []}"#;

    fn code(reading: &Reading) -> Option<Code> {
        match reading {
            Reading::Docket(..) => None,
            Reading::LeftOut(issue) | Reading::Refused(issue) => Some(issue.code),
        }
    }

    #[test]
    fn files_come_sorted_and_others_are_left_out() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("b")).unwrap();
        for (path, text) in [("b/2.json", DOCKET), ("b/1.json", "{"), ("a.txt", ""), ("z.JSON", DOCKET)] {
            fs::write(dir.path().join(path), text).unwrap();
        }
        let found: Vec<_> = all(dir.path()).map(|f| (f.file, code(&f.reading))).collect();
        let expected = [
            ("a.txt", Some(Code::NotJson)),
            ("b/1.json", Some(Code::BadJson)),
            ("b/2.json", None),
            ("z.JSON", None),
        ];
        assert_eq!(found, expected.map(|(file, code)| (file.to_owned(), code)));
    }

    #[test]
    fn one_file_is_enough() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("one.json");
        fs::write(&path, DOCKET).unwrap();
        let found: Vec<_> = all(&path).collect();
        assert_eq!((found.len(), found[0].file.as_str()), (1, "one.json"));
        assert_eq!(code(&found[0].reading), None);
    }

    #[test]
    fn large_and_missing_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.json"), DOCKET).unwrap();
        let found: Vec<_> = with_cap(dir.path(), 20).map(|f| code(&f.reading)).collect();
        assert_eq!(found, [Some(Code::TooLarge)]);
        let gone: Vec<_> = all(&dir.path().join("gone")).map(|f| code(&f.reading)).collect();
        assert_eq!(gone, [Some(Code::Unreadable)]);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_end() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.json"), DOCKET).unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("nowhere"), dir.path().join("m")).unwrap();
        let found: Vec<_> = all(dir.path()).map(|f| (f.file, code(&f.reading))).collect();
        let expected =
            [("a.json", None), ("loop", Some(Code::LinkNotFollowed)), ("m", Some(Code::Unreadable))];
        assert_eq!(found, expected.map(|(file, code)| (file.to_owned(), code)));
    }
}
