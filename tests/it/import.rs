//! Importing dockets into the demo firm: everything internal, twice the same, and one bad file stops no other.
use std::path::{Path, PathBuf};

use portico::{
    dockets::{self, Outcome},
    import::{docket::Reading, plan, read},
    policy::Role,
    store::Store,
};
use serde_json::json;

use crate::harness::{World, on_both, today};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dockets")
}

async fn import(store: &Store, path: &Path, is_dry: bool) -> (usize, Outcome) {
    let target = dockets::target(store, "castellan", today()).await.unwrap().expect("the demo's firm");
    let (mut count, mut total) = (0, Outcome::default());
    for found in read::all(path) {
        let Reading::Docket(docket, issues) = found.reading else { continue };
        let mut plan = plan::of(&found.file, *docket, issues);
        total.add(&dockets::write(store, &target, &found.file, &mut plan, is_dry).await.unwrap());
        count += 1;
    }
    (count, total)
}

async fn cases(world: &World) -> usize {
    let answer = world.ask(NORA, "{ cases(first: 100) { nodes { id } } }").await.data();
    answer["cases"]["nodes"].as_array().unwrap().len()
}

#[test]
fn a_dry_run_says_what_it_would_do_and_changes_nothing() {
    on_both(async |world| {
        let before = cases(&world).await;
        let (count, dry) = import(&world.store, &fixtures(), true).await;
        assert!(count >= 7 && dry.cases == count && dry.entries > 10 && dry.documents > 0, "{count} {dry:?}");
        assert_eq!(cases(&world).await, before);
        let (_, wet) = import(&world.store, &fixtures(), false).await;
        assert_eq!(wet, dry);
        assert_eq!(cases(&world).await, before + count);
    });
}

#[test]
fn a_second_import_changes_nothing() {
    on_both(async |world| {
        let (_, first) = import(&world.store, &fixtures(), false).await;
        let (_, second) = import(&world.store, &fixtures(), false).await;
        assert_eq!(second, Outcome { known_entries: first.entries, ..Outcome::default() });
    });
}

#[test]
fn clients_see_nothing_of_an_import_and_the_attorney_sees_all_of_it() {
    on_both(async |world| {
        let before = world.ask(MIA, "{ cases { nodes { id documents { nodes { id } } } } }").await.body;
        import(&world.store, &fixtures(), false).await;
        assert_eq!(
            world.ask(MIA, "{ cases { nodes { id documents { nodes { id } } } } }").await.body,
            before
        );
        let query = "{ cases(first: 100) { nodes { number participants { id } parties { name } docketReviews { code }
            docketEntries(first: 3) { nodes { text document { legalTitle publication { state } } } }
            events(first: 5) { nodes { startsAt publication { state } proposedChanges { newStatus } } } } } }";
        let found = world.ask(NORA, query).await.data();
        let imported: Vec<_> = found["cases"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|case| !case["docketEntries"]["nodes"].as_array().unwrap().is_empty())
            .collect();
        assert!(imported.len() >= 7);
        for case in &imported {
            assert_eq!(case["participants"], json!([]), "a party became a participant");
        }
        assert!(imported.iter().any(|case| !case["docketReviews"].as_array().unwrap().is_empty()));
        assert!(!found.to_string().contains("PUBLISHED") || before.contains("id"));
    });
}

#[test]
fn the_real_dockets_are_taken_in_whole_and_twice_the_same() {
    let Ok(data) = std::env::var("PORTICO_TEST_DATA") else {
        println!("PORTICO_TEST_DATA is not set: the real dockets were not imported");
        return;
    };
    let path = Path::new(&data).join("dockets");
    on_both(async |world| {
        let begun = std::time::Instant::now();
        let (count, first) = import(&world.store, &path, false).await;
        println!("{:?}: {count} dockets in {:?}: {first:?}", world.engine, begun.elapsed());
        assert_eq!((count, first.cases, first.entries), (94, 94, 4852));
        let (_, second) = import(&world.store, &path, false).await;
        assert_eq!(second, Outcome { known_entries: first.entries, ..Outcome::default() });
        let mia = world.ask(MIA, "{ cases(first: 100) { nodes { id } } }").await.data();
        assert_eq!(mia["cases"]["nodes"].as_array().unwrap().len(), 1);
    });
}
