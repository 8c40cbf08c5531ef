//! What a docket says of seals waits for a person: the line's paper is not released before.
use diesel::{ExpressionMethods as _, update};
use portico::{
    dockets::{self, docket_reviews},
    documents::{self, Bar, Told, Unreleased},
    policy::Role,
    releasing::{Audience, Terms},
};

use crate::{
    commands::portico,
    harness::{World, on_both},
    office::ago,
    raw::Raw,
};

/// Two lines with papers, of which the second speaks of a seal.
const LINES: &str = r#"{"court_id": "cand", "docket_number": "3:20-cv-1", "case_name": "Birch v. Alder",
  "docket_entries": [
    {"document_number": "1", "pacer_doc_id": "123099000001", "date_filed": "2020-01-02",
     "description": "COMPLAINT filed by Birch."},
    {"document_number": "2", "pacer_doc_id": "123099000002", "date_filed": "2020-01-03",
     "description": "SEALED MOTION filed by Birch."}]}"#;

async fn one(raw: &Raw, sql: &str) -> String {
    raw.texts(sql).await.into_iter().next().unwrap_or_else(|| panic!("nothing: {sql}"))
}

/// Tries to release a document to clients, and takes it back.
pub async fn release(world: &World, raw: &Raw, document: &str) -> Result<(), Bar> {
    let firm = one(raw, &format!("SELECT firm_id AS text FROM documents WHERE id = '{document}'")).await;
    let nora = one(raw, "SELECT id AS text FROM people WHERE email = 'nora@castellan.example'").await;
    let terms = Terms {
        audience: Audience::Clients,
        from: ago(1),
        expires_at: None,
        approved_by: nora,
        approved_at: ago(1),
        withheld_reason: None,
    };
    let told = Told { label: "A paper".into(), explanation: "What it is for".into(), version: 1 };
    let mut t = world.store.unscoped("a test releases a paper").begin().await.unwrap();
    let released = documents::release(&mut t, (&firm, document), told, &terms).await;
    t.roll_back().await.unwrap();
    match released {
        Ok(_) => Ok(()),
        Err(Unreleased::Barred(bar)) => Err(bar),
        Err(other) => panic!("{other:?}"),
    }
}

/// An import into the demo firm, as the operator runs it.
struct Desk<'w> {
    world: &'w World,
    folder: tempfile::TempDir,
    raw: Raw,
}

impl<'w> Desk<'w> {
    async fn of(world: &'w World) -> Self {
        Desk { world, folder: tempfile::tempdir().unwrap(), raw: Raw::open(&world.database).await }
    }

    /// Imports a docket of these lines; what was printed.
    fn import(&self, lines: &str) -> String {
        let docket = format!(
            r#"{{"court_id": "cand", "docket_number": "3:20-cv-1", "case_name": "Birch v. Alder", "docket_entries": [{lines}]}}"#
        );
        std::fs::write(self.folder.path().join("a.json"), docket).unwrap();
        self.run(&["dockets", self.folder.path().to_str().unwrap()])
    }

    fn run(&self, words: &[&str]) -> String {
        let at = ["--firm", "castellan", "--database", &self.world.database];
        portico(&[&["import"], words, &at].concat()).success()
    }

    /// The reviews that wait, a line each.
    fn waiting(&self) -> Vec<String> {
        self.run(&["reviews", "list"]).lines().map(str::to_owned).collect()
    }

    fn settle_all(&self) {
        for line in self.waiting() {
            let id = line.split_whitespace().next().unwrap();
            self.run(&["reviews", "settle", id, "--as", "nora@castellan.example"]);
        }
    }

    /// The one paper that was imported, with bytes so that it could be released.
    async fn paper(&self) -> String {
        let paper = "SELECT document_id AS text FROM docket_entries WHERE document_id IS NOT NULL";
        let paper = one(&self.raw, paper).await;
        let with = format!(
            "INSERT INTO document_versions (firm_id, document_id, number, media_type, size_bytes, sha256, added_at) \
             SELECT firm_id, id, 1, 'application/pdf', 100, '{}', '2020-01-04 00:00:00' FROM documents WHERE id = '{paper}'",
            "0".repeat(64)
        );
        self.raw.run(&with).await;
        paper
    }

    async fn release(&self, paper: &str) -> Result<(), Bar> {
        release(self.world, &self.raw, paper).await
    }
}

fn motion(words: &str) -> String {
    format!(
        r#"{{"document_number": "7", "pacer_doc_id": "123099000001", "date_filed": "2020-01-02", "description": "{words}"}}"#
    )
}

#[test]
fn each_new_wording_of_a_line_waits_by_itself_and_the_same_one_waits_once() {
    on_both(async |world| {
        let desk = Desk::of(&world).await;
        desk.import(&motion("MOTION filed by Birch."));
        let paper = desk.paper().await;
        assert_eq!(desk.release(&paper).await, Ok(()));
        for words in ["MOTION filed by Alder.", "MOTION filed by the trustee."] {
            desk.import(&motion(words));
            assert_eq!(desk.release(&paper).await, Err(Bar::Unreviewed), "{words}");
            let waiting = desk.waiting();
            assert!(waiting.len() == 1 && waiting[0].contains("ENTRY_CHANGED"), "{waiting:?}");
            desk.settle_all();
            assert_eq!(desk.release(&paper).await, Ok(()), "{words}");
            let again = desk.import(&motion(words));
            assert!(again.contains(" 0 reviews "), "{again}");
            assert_eq!(desk.waiting(), [""; 0], "{words} waits a second time");
        }
    });
}

#[test]
fn a_line_of_which_a_part_could_not_be_read_waits() {
    let doubtful = [
        r#""description": "MOTION", "short_description": ["SEALED MOTION"]"#,
        r#""description": "MOTION", "date_entered": "soon""#,
    ];
    on_both(async |world| {
        let desk = Desk::of(&world).await;
        for (number, line) in (0..).zip(doubtful) {
            desk.raw.run("DELETE FROM docket_entries").await;
            desk.import(&format!(
                r#"{{"date_filed": "2020-01-01", "description": "COMPLAINT"}},
                   {{"document_number": "7{number}", "pacer_doc_id": "12309900000{number}", "date_filed": "2020-01-02", {line}}}"#
            ));
            let paper = desk.paper().await;
            assert_eq!(desk.release(&paper).await, Err(Bar::Unreviewed), "{line}");
            let waiting = desk.waiting();
            assert!(waiting.len() == 1 && waiting[0].contains(&format!("entry 7{number}: ")), "{waiting:?}");
            desk.settle_all();
            assert_eq!(desk.release(&paper).await, Ok(()), "{line}");
        }
    });
}

#[test]
fn a_line_full_of_long_words_is_taken_by_both_engines() {
    // Letters that do not repeat, so that no index could hold them by making them shorter.
    let word = |seed: u32| -> String {
        let mut state = seed;
        let letter = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(state >> 24).unwrap() % 26)
        };
        (0..6_000).map(letter).collect()
    };
    let many: Vec<String> = (0..500).map(|n| format!("redact{}", &word(n)[..8])).collect();
    let lines = [format!("ORDER redact{} and confidential{}", word(1), word(2)), many.join(" ")];
    let lines = lines.map(|words| motion(&words)).join(", ");
    let told = std::sync::Mutex::new(Vec::new());
    on_both(async |world| {
        let desk = Desk::of(&world).await;
        desk.import(&lines);
        let waiting = desk.waiting();
        assert_eq!(waiting.len(), 2);
        let told_of = |line: &String| line.split_once("SEALED_WORDS").unwrap().1.to_owned();
        told.lock().unwrap().push(waiting.iter().map(told_of).collect::<Vec<_>>());
    });
    let told = told.into_inner().unwrap();
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "the engines tell different things");
}

#[test]
fn of_two_who_settle_a_review_at_once_the_first_one_stands() {
    on_both(async |world| {
        let desk = Desk::of(&world).await;
        desk.import(&motion("SEALED MOTION"));
        let id = desk.waiting()[0].split_whitespace().next().unwrap().to_owned();
        let nora =
            one(&desk.raw, "SELECT id AS text FROM people WHERE email = 'nora@castellan.example'").await;
        let mut first = world.store.unscoped("a test settles a review").begin().await.unwrap();
        let settled = update(docket_reviews::table).set((
            docket_reviews::settled_by.eq(Some(nora.clone())),
            docket_reviews::settled_at.eq(Some(ago(2))),
        ));
        first.execute(settled).await.unwrap();
        let ids = [id];
        let second = dockets::settle(&world.store, "castellan", &ids, ("julian@castellan.example", ago(1)));
        let commit = async {
            // By then the second one has read that it waits.
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
            first.commit().await.unwrap();
        };
        let (second, ()) = tokio::join!(second, commit);
        assert!(second.unwrap_err().into_source().to_string().contains("waits"));
        assert_eq!(one(&desk.raw, "SELECT settled_by AS text FROM docket_reviews").await, nora);
    });
}

#[test]
fn a_paper_whose_line_waits_for_a_review_is_released_after_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), LINES).unwrap();
    on_both(async |world| {
        let at = ["--firm", "castellan", "--database", &world.database];
        let reviews = |words: &[&str]| portico(&[&["import", "reviews"], words, &at].concat());
        let path = folder.path().to_str().unwrap();
        let import = || portico(&[&["import", "dockets", path], &at[..]].concat()).success();
        assert_eq!(reviews(&["list"]).success(), "");
        import();
        let raw = Raw::open(&world.database).await;
        let papers =
            "SELECT document_id AS text FROM docket_entries WHERE document_id IS NOT NULL ORDER BY position";
        let papers = raw.texts(papers).await;
        let [open, sealed] = <[String; 2]>::try_from(papers).unwrap();
        for paper in [&open, &sealed] {
            raw.run(&format!(
                "INSERT INTO document_versions \
                 (firm_id, document_id, number, media_type, size_bytes, sha256, added_at) SELECT firm_id, id, 1, 'application/pdf', 100, '{}', '2020-01-04 00:00:00' FROM documents \
                 WHERE id = '{paper}'",
                "0".repeat(64)
            ))
            .await;
        }
        assert_eq!(release(&world, &raw, &open).await, Ok(()));
        assert_eq!(release(&world, &raw, &sealed).await, Err(Bar::Unreviewed));

        let listed = reviews(&["list"]).success();
        let line = "cand 3:20-cv-1, entry 2: SEALED_WORDS The entry says: sealed.";
        assert!(listed.lines().count() == 1 && listed.contains(line), "{listed}");
        let id = listed.split_whitespace().next().unwrap();
        let settle = |id: &str, who: &str| reviews(&["settle", id, "--as", who]);
        assert!(settle(id, "mia@okafor.example").failure().contains("is no attorney of the firm"));
        assert!(settle("nonsense", "nora@castellan.example").failure().contains("is called nonsense"));
        assert_eq!(release(&world, &raw, &sealed).await, Err(Bar::Unreviewed));
        assert_eq!(settle(id, "nora@castellan.example").success(), "1 settled\n");

        // It opens no seal; the line is known, so importing it again asks for nothing.
        assert_eq!(release(&world, &raw, &sealed).await, Ok(()));
        import();
        assert_eq!(reviews(&["list"]).success(), "");
        settle(id, "nora@castellan.example").failure();
        let who = "SELECT p.email AS text FROM docket_reviews r JOIN people p ON p.firm_id = r.firm_id \
                   AND p.id = r.settled_by WHERE r.settled_at > '2020-01-01 00:00:00'";
        assert_eq!(raw.texts(who).await, ["nora@castellan.example"]);
        let query = "{ cases(first: 100) { nodes { docketReviews { code } } } }";
        let staff = world.ask(("nora@castellan.example", Role::Attorney), query).await.data();
        assert!(!staff.to_string().contains("SEALED_WORDS"), "{staff}");
    });
}
