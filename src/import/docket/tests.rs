//! The seven shapes, and files that are broken in every common way.

use super::*;
use crate::import::rows::TEXT_MAX;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/dockets/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn taken(reading: Reading) -> (Docket, Vec<Issue>) {
    match reading {
        Reading::Docket(docket, issues) => (*docket, issues),
        Reading::LeftOut(issue) | Reading::Refused(issue) => panic!("{issue:?}"),
    }
}

fn refused(bytes: &[u8]) -> Issue {
    match read("x.json", bytes) {
        Reading::Refused(issue) => issue,
        other @ (Reading::Docket(..) | Reading::LeftOut(_)) => panic!("{other:?}"),
    }
}

fn with_entry(row: &str) -> Vec<u8> {
    format!(
        r#"{{"court_id": "CAND ", "docket_number": "1:20-cv-1", "docket_entries": [{row},
            {{"date_filed": "2020-01-02", "description": "ORDER"}}]}}"#
    )
    .into_bytes()
}

#[test]
fn every_shape_is_read() {
    let shapes = [
        ("acms", "ca2", 3),
        ("appellate", "ca1", 2),
        ("bankruptcy", "deb", 8),
        ("cit", "cit", 2),
        ("district", "nyed", 5),
        ("history", "ilnd", 4),
        ("recap-ia", "cand", 7),
    ];
    for (name, court, entries) in shapes {
        let (docket, issues) = taken(read(name, &fixture(name)));
        assert_eq!(issues, [], "{name}");
        assert_eq!((docket.court.as_str(), docket.entries.len()), (court, entries), "{name}");
        assert!(!docket.caption.is_empty() && docket.filed_on.is_some(), "{name}");
    }
}

#[test]
fn an_attachment_list_is_left_out_with_a_word() {
    match read("a.json", &fixture("attachments")) {
        Reading::LeftOut(issue) => assert_eq!(issue.code, Code::AttachmentList),
        other @ (Reading::Docket(..) | Reading::Refused(_)) => panic!("{other:?}"),
    }
}

#[test]
fn lawyers_addresses_are_never_kept() {
    let bytes = fixture("bankruptcy");
    assert!(String::from_utf8_lossy(&bytes).contains("CANARY"));
    let (docket, issues) = taken(read("a.json", &bytes));
    assert!(!format!("{docket:?}{issues:?}").contains("CANARY"));
}

#[test]
fn numbers_may_be_integers_and_days_may_bear_an_hour() {
    let row = r#"{"document_number": 12, "date_filed": "2023-10-03T00:00:00", "pacer_doc_id": "a3da-328e"}"#;
    let (docket, issues) = taken(read("a.json", &with_entry(row)));
    assert_eq!(issues, []);
    assert_eq!(docket.court, "cand");
    assert_eq!(docket.entries[0].number.as_deref(), Some("12"));
    assert_eq!(docket.entries[0].filed_on.to_string(), "2023-10-03");
}

#[test]
fn a_links_file_name_is_no_id_yet_says_there_is_a_document() {
    let row = r#"{"date_filed": "2020-01-01", "pacer_doc_id": "sho0_doc.pl"}"#;
    let (docket, _) = taken(read("a.json", &with_entry(row)));
    assert_eq!((docket.entries[0].linked, docket.entries[0].doc_id.as_deref()), (true, None));
}

#[test]
fn one_bad_row_never_takes_the_others_with_it() {
    let rows = [
        ("7", Code::BadRow),
        ("null", Code::BadRow),
        (r#"["a", {"b": []}]"#, Code::BadRow),
        (r#"{"description": "ORDER"}"#, Code::BadDate),
        (r#"{"date_filed": "2020-02-30"}"#, Code::BadDate),
        (r#"{"date_filed": {"y": 2020}}"#, Code::BadDate),
        (r#"{"date_filed": "2020-01-01", "description": ["ORDER"]}"#, Code::BadRow),
    ];
    for (row, code) in rows {
        let (docket, issues) = taken(read("a.json", &with_entry(row)));
        assert_eq!(docket.entries.len(), 1, "{row}");
        assert_eq!(docket.entries[0].position, 1, "{row}");
        assert_eq!((issues[0].code, issues[0].row, issues.len()), (code, Some(0), 1), "{row}");
        assert!(issues[0].path.as_deref().unwrap().starts_with("docket_entries[0]"), "{row}");
    }
}

#[test]
fn a_doubt_about_a_line_names_the_line_and_one_about_a_party_does_not() {
    let row = r#"{"document_number": " 7 ", "date_filed": "2020-01-01", "short_description": ["SEALED"], "date_entered": "soon"}"#;
    let docket = format!(
        r#"{{"court_id": "cand", "docket_number": "1", "date_filed": "soon", "parties": [{{"name": "Birch", "type": 7.5e9, "date_terminated": "soon"}}],
            "docket_entries": [{{"date_filed": "2020-01-01", "description": "ORDER"}}, {row}]}}"#
    );
    let (_, issues) = taken(read("a.json", docket.as_bytes()));
    let of_lines: Vec<_> = issues.iter().filter(|issue| issue.row.is_some()).collect();
    assert_eq!(of_lines.len(), 2, "{issues:?}");
    assert!(
        of_lines.iter().all(|issue| (issue.row, issue.entry.as_deref()) == (Some(1), Some("7"))),
        "{issues:?}"
    );
    assert!(issues.len() > 3, "{issues:?}");
}

#[test]
fn a_text_beyond_its_bound_spoils_its_row_alone() {
    let long = "x".repeat(TEXT_MAX + 1);
    let longest = "x".repeat(TEXT_MAX);
    let name = "1".repeat(NAME_MAX + 1);
    let rows = [
        (format!(r#""description": "{long}""#), "description"),
        (format!(r#""short_description": "{long}""#), "short_description"),
        (format!(r#""date_entered": "{long}""#), "date_entered"),
        (format!(r#""document_number": "{name}""#), "document_number"),
        (format!(r#""pacer_doc_id": "{name}""#), "pacer_doc_id"),
        (format!(r#""pacer_seq_no": "{name}""#), "pacer_seq_no"),
    ];
    for (member, name) in &rows {
        let row = format!(r#"{{"date_filed": "2020-01-01", {member}}}"#);
        let (docket, issues) = taken(read("a.json", &with_entry(&row)));
        assert_eq!((docket.entries.len(), docket.entries[0].position), (1, 1), "{name}");
        assert_eq!(
            (issues[0].code, issues[0].severity, issues[0].row, issues.len()),
            (Code::TextTooLong, Severity::Refused, Some(0), 1),
            "{name}"
        );
        assert_eq!(issues[0].path, Some(format!("docket_entries[0].{name}")));
        assert!(issues[0].sentence.len() < 100, "{}", issues[0].sentence);
    }
    let row = format!(r#"{{"date_filed": "2020-01-01", "description": "{longest}"}}"#);
    assert_eq!(taken(read("a.json", &with_entry(&row))).0.entries.len(), 2, "the bound itself is taken");
    let undated = format!(r#"{{"date_filed": "{longest}"}}"#);
    let (_, issues) = taken(read("a.json", &with_entry(&undated)));
    assert!(issues[0].code == Code::BadDate && issues[0].sentence.len() < 100, "{}", issues[0].sentence);
}

#[test]
fn control_characters_spoil_their_row_alone() {
    for (escape, code) in
        [(r"\u0000", "U+0000"), (r"\u001b", "U+001B"), (r"\u009b", "U+009B"), (r"\u007f", "U+007F")]
    {
        for member in ["description", "short_description", "document_number", "date_filed", "pacer_seq_no"] {
            let row = format!(r#"{{"date_filed": "2020-01-01", "{member}": "1{escape}2"}}"#);
            let (docket, issues) = taken(read("a.json", &with_entry(&row)));
            assert_eq!((docket.entries.len(), issues.len()), (1, 1), "{member} {code}");
            assert_eq!((issues[0].code, issues[0].row), (Code::BadText, Some(0)), "{member} {code}");
            assert_eq!(issues[0].path, Some(format!("docket_entries[0].{member}")));
            assert!(issues[0].sentence.contains(code), "{}", issues[0].sentence);
        }
    }
    let row = r#"{"date_filed": "2020-01-01", "description": "a\tb\r\nc"}"#;
    assert_eq!(taken(read("a.json", &with_entry(row))).0.entries[0].text, "a\tb\r\nc");
}

#[test]
fn a_docket_whose_own_texts_cannot_be_stored_is_refused_with_the_place() {
    let long = "x".repeat(NAME_MAX + 1);
    let one = |court: &str, number: &str, name: &str| {
        format!(
            r#"{{"court_id": "{court}", "docket_number": "{number}", "case_name": "{name}", "docket_entries": [],
                "parties": [{{"name": "Birch\u0000"}}]}}"#
        )
    };
    for (text, code, path) in [
        (one(&long, "1", "A"), Code::TextTooLong, "court_id"),
        (one("cand", &long, "A"), Code::TextTooLong, "docket_number"),
        (one("cand", r"1\u0000", "A"), Code::BadText, "docket_number"),
        (one("cand", "1", r"A\u0000"), Code::BadText, "case_name"),
        (one("cand", "1", &"x".repeat(TEXT_MAX + 1)), Code::TextTooLong, "case_name"),
    ] {
        let issue = refused(text.as_bytes());
        assert_eq!((issue.code, issue.path.as_deref()), (code, Some(path)));
    }
    let (docket, issues) = taken(read("a.json", one("cand", "1", &long).as_bytes()));
    assert_eq!(
        (docket.parties.len(), issues[0].code, issues[0].path.as_deref()),
        (0, Code::BadText, Some("parties[0].name"))
    );
}

#[test]
fn half_a_character_refuses_the_file_with_its_line() {
    let issue = refused(&with_entry(r#"{"date_filed": "2020-01-01", "description": "\ud800"}"#));
    assert_eq!((issue.code, issue.line), (Code::BadJson, Some(1)));
}

#[test]
fn a_wrong_member_is_told_and_the_row_stays() {
    let row = r#"{"date_filed": "2020-01-01", "document_number": true, "date_entered": "soon", "x": [[]]}"#;
    let (docket, issues) = taken(read("a.json", &with_entry(row)));
    assert_eq!(docket.entries.len(), 2);
    let told: Vec<_> = issues.iter().map(|issue| (issue.code, issue.path.as_deref().unwrap())).collect();
    let expected = [
        (Code::WrongType, "docket_entries[0].document_number"),
        (Code::BadDate, "docket_entries[0].date_entered"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn marks_and_line_ends_do_not_matter() {
    let text = String::from_utf8(with_entry(r#"{"date_filed": "2020-01-01"}"#)).unwrap();
    let crlf = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let (docket, issues) = taken(read("a.json", crlf.as_bytes()));
    assert_eq!((docket.entries.len(), issues[0].code), (2, Code::ByteOrderMark));
}

#[test]
fn what_is_no_docket_is_refused_with_a_reason() {
    let whole = with_entry(r#"{"date_filed": "2020-01-01"}"#);
    let half = &whole[..whole.len() / 2];
    assert_eq!((refused(half).code, refused(half).line), (Code::BadJson, Some(1)));
    assert_eq!(refused(b"").code, Code::NotADocket);
    assert_eq!(refused(b"[]").code, Code::NotADocket);
    assert_eq!(refused(b"{}").code, Code::NotADocket);
    assert_eq!(refused(b"{} {}").code, Code::BadJson);
    assert_eq!(refused(b"{\n\"a\": \"\xFFx\"}").line, Some(2));
    assert_eq!(refused(b"\xFF\xFE{\0}\0").code, Code::NotUtf8);
    assert_eq!(refused(br#"{"court_id": "cand", "docket_entries": []}"#).code, Code::DocketIncomplete);
    assert_eq!(refused(br#"{"court_id": "cand", "docket_entries": 3}"#).code, Code::NotADocket);
}

#[test]
fn deep_nesting_is_refused_or_skipped_without_a_fall() {
    let deep = "[".repeat(200_000);
    assert_eq!(refused(format!("{{\"a\": {deep}").as_bytes()).code, Code::BadJson);
    let closed = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let row = format!(r#"{{"date_filed": "2020-01-01", "description": {closed}}}"#);
    let reading = read("a.json", &with_entry(&row));
    assert!(matches!(reading, Reading::Docket(..) | Reading::Refused(_)));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        read("x.json", &bytes);
    }

    #[test]
    fn a_docket_with_a_broken_byte_is_read_or_refused(at in 0_usize..4000, byte in proptest::num::u8::ANY) {
        let mut bytes = fixture("district");
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Reading::Docket(docket, issues) = read("x.json", &bytes) {
            let plan = crate::import::plan::of("x.json", *docket, issues);
            proptest::prop_assert_eq!(plan.entries.len(), plan.docket.entries.len());
        }
    }
}
