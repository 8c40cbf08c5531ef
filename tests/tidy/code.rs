//! Reads Rust text as far as the house rules need: what is code, which words and paths it names.

/// The text with comments and, unless `strings` are kept, what stands in quotes turned to blanks.
/// Lines and columns stay where they are.
pub(crate) fn code(text: &str, strings: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |place: usize| chars.get(place).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut here = 0;
    while here < chars.len() {
        let (end, kept) = match at(here) {
            '/' if at(here + 1) == '/' => (line_end(&chars, here), false),
            '/' if at(here + 1) == '*' => (comment_end(&chars, here), false),
            '"' => (quote_end(&chars, here), strings),
            'r' => raw_end(&chars, here).map_or((here + 1, true), |end| (end, strings)),
            // A char such as '"' or '\'': a lifetime has no second quote.
            '\'' if at(here + 1) == '\\' => (char_end(&chars, here), strings),
            '\'' if at(here + 2) == '\'' => (here + 3, strings),
            _ => (here + 1, true),
        };
        let end = end.min(chars.len());
        out.extend(chars[here..end].iter().map(|&it| if kept || it == '\n' { it } else { ' ' }));
        here = end;
    }
    out
}

fn line_end(chars: &[char], from: usize) -> usize {
    (from..chars.len()).find(|&place| chars[place] == '\n').unwrap_or(chars.len())
}

fn comment_end(chars: &[char], from: usize) -> usize {
    let (mut depth, mut here) = (0_usize, from);
    while here + 1 < chars.len() {
        match (chars[here], chars[here + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                here += 1;
                continue;
            }
        }
        here += 2;
        if depth == 0 {
            return here;
        }
    }
    chars.len()
}

fn quote_end(chars: &[char], from: usize) -> usize {
    let mut here = from + 1;
    while here < chars.len() && chars[here] != '"' {
        here += if chars[here] == '\\' { 2 } else { 1 };
    }
    here + 1
}

fn char_end(chars: &[char], from: usize) -> usize {
    (from + 3..chars.len()).find(|&place| chars[place] == '\'').unwrap_or(chars.len()) + 1
}

/// Where the raw string ends whose `r` stands at `from`, if one does.
fn raw_end(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from + 1..].iter().take_while(|&&it| it == '#').count();
    let open = from + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |place: usize| {
        chars[place] == '"'
            && chars[place + 1..].iter().take(hashes).filter(|&&it| it == '#').count() == hashes
    };
    Some((open + 1..chars.len()).find(|&place| closes(place)).map_or(chars.len(), |place| place + 1 + hashes))
}

fn in_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

/// Every place where `wanted` stands in `code` as whole words.
pub(crate) fn places(code: &str, wanted: &str) -> Vec<usize> {
    let whole = |place: usize| {
        !(wanted.starts_with(in_word) && code[..place].ends_with(in_word)
            || wanted.ends_with(in_word) && code[place + wanted.len()..].starts_with(in_word))
    };
    code.match_indices(wanted).map(|(place, _)| place).filter(|&place| whole(place)).collect()
}

pub(crate) fn line_of(text: &str, place: usize) -> usize {
    text[..place].matches('\n').count() + 1
}

/// The paths that code names, each with its line, groups written out: `a::{b, c}` gives `a::b` and `a::c`.
/// `super` and `self` are resolved for the module that `file` holds.
pub(crate) fn paths(file: &str, code: &str) -> Vec<(usize, String)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut here = 0;
    while here < tokens.len() {
        here =
            if tokens[here].1.starts_with(in_word) { path(&tokens, here, &[], &mut found) } else { here + 1 };
    }
    found.into_iter().map(|(line, segments)| (line, resolved(file, &segments).join("::"))).collect()
}

type Token = (usize, String);

fn tokens(code: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if in_word(first) {
                rest.find(|it| !in_word(it)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            found.push((number + 1, token.to_owned()));
            rest = after.trim_start();
        }
    }
    found
}

/// Reads one path from `here` on and returns the place after it.
fn path(
    tokens: &[Token],
    mut here: usize,
    before: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let is = |place: usize, wanted: &str| tokens.get(place).is_some_and(|(_, token)| token == wanted);
    let mut segments = before.to_vec();
    let line = tokens[here].0;
    loop {
        if is(here, "{") && !segments.is_empty() {
            here += 1;
            while here < tokens.len() && !is(here, "}") {
                here = if is(here, ",") { here + 1 } else { path(tokens, here, &segments, found) };
            }
            return here + 1;
        }
        let Some((_, token)) = tokens.get(here) else { break };
        segments.push(token.clone());
        here += 1;
        if !is(here, "::") {
            break;
        }
        here += 1;
    }
    // Within a group: `as name` belongs to the path before it.
    if !before.is_empty() && is(here, "as") {
        here += 2;
    }
    found.push((line, segments));
    here
}

fn resolved(file: &str, segments: &[String]) -> Vec<String> {
    let module = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = module.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        module.pop();
    }
    if !segments.first().is_some_and(|first| ["super", "self"].contains(&first.as_str())) {
        return segments.to_vec();
    }
    let steps = segments.iter().take_while(|it| ["super", "self"].contains(&it.as_str())).count();
    let up = segments.iter().filter(|it| *it == "super").count();
    module.truncate(module.len().saturating_sub(up));
    module.insert(0, "crate".into());
    module.extend_from_slice(&segments[steps..]);
    module
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "a(\"x // \\\" y\"); // b\n/* c /* d */ e */ f('\"', 'g', b'\\'', r#\"h\"i\"#, &'j str) // k";
    let bare = code(text, false);
    assert_eq!(bare.split_whitespace().collect::<String>(), "a();f(,,b,,&'jstr)");
    assert_eq!(bare.chars().count(), text.chars().count());
    assert!(code(text, true).contains("r#\"h\"i\"#") && !code(text, true).contains(" k"));
}

#[test]
fn words_are_found_whole() {
    assert_eq!(places("eprintln!(1); println!(2)", "println!("), [14]);
    assert_eq!(places("env::vars env::var", "env::var"), [10]);
    assert_eq!(places("a.enforce(b)", ".enforce("), [1]);
}

#[test]
fn paths_are_read_through_groups_and_up_the_tree() {
    let text = "use crate::{\n  a::{b, c as d},\n  e,\n};\nfn f() { super::super::g::h(); self::i }";
    let found = paths("src/policy/load.rs", text);
    for wanted in [
        (2, "crate::a::b"),
        (2, "crate::a::c"),
        (3, "crate::e"),
        (5, "crate::g::h"),
        (5, "crate::policy::load::i"),
    ] {
        assert!(found.contains(&(wanted.0, wanted.1.to_owned())), "{wanted:?} in {found:?}");
    }
    assert!(paths("src/policy/mod.rs", "super::x").contains(&(1, "crate::x".to_owned())));
}
