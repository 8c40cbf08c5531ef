//! A watched folder tells of each change once, whatever way an editor writes.

use std::time::Duration;

use portico::policy::Watch;
use tokio::time::timeout;

#[tokio::test]
async fn a_change_is_told_once_and_a_rename_over_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.csv");
    std::fs::write(&file, "one").expect("a file");
    let mut watch = Watch::folder(folder.path()).expect("a watch");
    for n in 0..5 {
        std::fs::write(&file, format!("{n}")).expect("a file");
    }
    let changed = timeout(Duration::from_secs(10), watch.changed());
    assert_eq!(changed.await.expect("in time"), Some(()));
    std::fs::read(&file).expect("a file");
    let quiet = timeout(Duration::from_millis(800), watch.changed()).await;
    assert!(quiet.is_err(), "five writes are one change, and reading is none");
    let copy = folder.path().join(".a.csv.new");
    std::fs::write(&copy, "two").expect("a file");
    std::fs::rename(&copy, &file).expect("a rename");
    let changed = timeout(Duration::from_secs(10), watch.changed());
    assert_eq!(changed.await.expect("in time"), Some(()));
}
