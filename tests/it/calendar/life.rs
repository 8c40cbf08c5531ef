//! How an event moves, and who is told of it.
use portico::calendar::{self, EventKind, Move, Place, ProposedChange, Unfit};
use portico::releasing::{Audience, Terms};
use serde_json::{Value, json};

use super::cast::{COLE, Docket, EDDA, MIA, NORA, clock, days, microsecond, moved, on, open, wall};
use crate::harness::{day, on_both_small};

const LIFE: &str = "uid sequence status localStart startsAt changes { reason oldLocalStart newLocalStart oldStart newStart oldStatus newStatus }";

fn texts(list: &Value, key: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|it| it[key].clone()).collect()
}

#[test]
fn a_hearing_moves_twice_and_is_cancelled_under_one_uid_and_each_change_shows_at_once() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.shared("Hearing", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        let now = on(6, 1);
        let seen = async || Docket::only(&docket.events(MIA, now, LIFE).await);
        let first = seen().await;
        assert_eq!((&first["sequence"], &first["changes"]), (&json!(0), &json!([])));
        assert_eq!(
            (&first["localStart"], &first["startsAt"]),
            (&json!("2026-07-07T09:00"), &json!("2026-07-07T13:00:00Z"))
        );

        docket.reschedule(&event, clock(wall(7, 31, 10, 0)), on(5, 2)).await.unwrap();
        let second = seen().await;
        assert_eq!((&second["sequence"], &second["localStart"]), (&json!(1), &json!("2026-07-31T10:00")));
        docket.reschedule(&event, clock(wall(8, 28, 10, 0)), on(5, 3)).await.unwrap();
        assert_eq!(seen().await["sequence"], 2);
        assert!(docket.cancel(&event, on(5, 4)).await.unwrap());

        let last = seen().await;
        assert_eq!(
            (&last["uid"], &last["sequence"], &last["status"]),
            (&first["uid"], &json!(3), &json!("CANCELLED"))
        );
        assert_eq!(last["localStart"], "2026-08-28T10:00", "a cancelled hearing keeps its time");
        let changes = &last["changes"];
        assert_eq!(
            texts(changes, "oldLocalStart"),
            ["2026-07-07T09:00", "2026-07-31T10:00", "2026-08-28T10:00"]
        );
        assert_eq!(
            texts(changes, "newLocalStart"),
            ["2026-07-31T10:00", "2026-08-28T10:00", "2026-08-28T10:00"]
        );
        assert_eq!(texts(changes, "newStart")[0], "2026-07-31T14:00:00Z");
        assert_eq!(texts(changes, "newStatus"), ["CONFIRMED", "CONFIRMED", "CANCELLED"]);
        assert_eq!(texts(changes, "reason")[2], "The judge took it off.");
        let staff = Docket::only(&docket.events(NORA, now, LIFE).await);
        assert_eq!(staff, last, "shared before any change, it reads alike for staff");
        assert!(!docket.cancel(&event, on(5, 5)).await.unwrap(), "cancelling again changes nothing");
        assert_eq!(seen().await["sequence"], 3);
        docket.reschedule(&event, clock(wall(9, 1, 10, 0)), on(5, 6)).await.unwrap();
        assert_eq!(seen().await["status"], "CONFIRMED", "it takes place after all");
    });
}

#[test]
fn another_hour_of_the_same_day_and_another_room_are_changes_and_the_same_again_is_none() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.shared("Hearing", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        assert!(docket.reschedule(&event, clock(wall(7, 7, 14, 30)), on(5, 2)).await.unwrap());
        assert!(!docket.reschedule(&event, clock(wall(7, 7, 14, 30)), on(5, 3)).await.unwrap());
        let mut to = moved(clock(wall(7, 7, 14, 30)), on(5, 4));
        to.place = Some(Place {
            place: Some("60 Centre Street".into()),
            room: Some("300".into()),
            ..Place::default()
        });
        docket.write(async |t| calendar::reschedule(t, (&docket.firm, &event), to).await.unwrap()).await;
        let fields = "room sequence changes { oldDay newDay oldLocalStart newLocalStart oldRoom newRoom oldPlace newPlace }";
        let seen = Docket::only(&docket.events(MIA, on(6, 1), fields).await);
        let (first, second) = (&seen["changes"][0], &seen["changes"][1]);
        assert_eq!((&seen["room"], &seen["sequence"]), (&json!("300"), &json!(2)));
        assert_eq!((&first["oldDay"], &first["newDay"]), (&json!("2026-07-07"), &json!("2026-07-07")));
        assert_eq!(
            (&first["oldLocalStart"], &first["newLocalStart"]),
            (&json!("2026-07-07T09:00"), &json!("2026-07-07T14:30"))
        );
        assert_eq!((&second["oldRoom"], &second["newRoom"]), (&json!("218"), &json!("300")));
        assert_eq!(second["oldPlace"], second["newPlace"]);
    });
}

#[test]
fn an_event_continued_to_an_open_date_has_no_time_and_comes_last() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.shared("Moved", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        docket.shared("Stays", clock(wall(8, 7, 9, 0)), on(5, 1)).await;
        docket.reschedule(&event, open(), on(5, 2)).await.unwrap();
        let found = docket
            .events(MIA, on(6, 1), "title status startsAt localStart day timeZone changes { newStatus newStart newDay oldStart }")
            .await;
        assert_eq!(texts(&found, "title"), ["Stays", "Moved"]);
        let moved = &found[1];
        assert_eq!((&moved["status"], &moved["timeZone"]), (&json!("TO_BE_SET"), &json!("America/New_York")));
        assert_eq!([&moved["startsAt"], &moved["localStart"], &moved["day"]], [&Value::Null; 3]);
        let change = json!([{ "newStatus": "TO_BE_SET", "newStart": null, "newDay": null, "oldStart": "2026-07-07T13:00:00Z" }]);
        assert_eq!(moved["changes"], change);
    });
}

#[test]
fn changes_before_the_first_sharing_are_for_staff_alone_to_the_microsecond() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.plan(EventKind::Hearing, clock(wall(7, 7, 9, 0))).await;
        let first = on(5, 2);
        docket.reschedule(&event, clock(wall(7, 8, 9, 0)), on(5, 1)).await.unwrap();
        docket.reschedule(&event, clock(wall(7, 9, 9, 0)), first).await.unwrap();
        docket.reschedule(&event, clock(wall(7, 10, 9, 0)), first + microsecond()).await.unwrap();
        // One that was dropped never ran, so it is not the first.
        let dropped = docket.release(&event, "Never", docket.terms(on(4, 1))).await;
        docket
            .write(async |t| {
                portico::releasing::drop_scheduled::<calendar::event_releases::table>(
                    t,
                    &docket.firm,
                    (&event, &dropped),
                    on(3, 1),
                )
                .await
                .unwrap();
            })
            .await;
        let release = docket.release(&event, "Hearing", docket.terms(first)).await;
        let fields = "sequence changes { newDay }";
        let seen = Docket::only(&docket.events(MIA, on(6, 1), fields).await);
        assert_eq!(seen, json!({ "sequence": 1, "changes": [{ "newDay": "2026-07-10" }] }));
        let staff = Docket::only(&docket.events(NORA, on(6, 1), fields).await);
        assert_eq!((&staff["sequence"], staff["changes"].as_array().unwrap().len()), (&json!(3), 3));

        // Withdrawn and shared again, it still counts from the first time.
        docket
            .write(async |t| {
                portico::releasing::withdraw::<calendar::event_releases::table>(
                    t,
                    &docket.firm,
                    (&event, &release),
                    on(5, 10),
                )
                .await
                .unwrap();
            })
            .await;
        docket.reschedule(&event, clock(wall(7, 11, 9, 0)), on(5, 11)).await.unwrap();
        docket.release(&event, "Again", docket.terms(on(5, 12))).await;
        assert_eq!(Docket::only(&docket.events(MIA, on(6, 1), fields).await)["sequence"], 2);
    });
}

#[test]
fn what_was_shared_with_others_alone_is_no_first_sharing() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let fields = "sequence changes { newDay }";
        let last = json!({ "sequence": 1, "changes": [{ "newDay": "2026-07-09" }] });
        // For the expert alone at first, then for the client: that there was a change before is not for the client.
        let event = docket.plan(EventKind::Meeting, clock(wall(7, 7, 9, 0))).await;
        let edda =
            Terms { audience: Audience::Named(vec![docket.parts.edda.clone()]), ..docket.terms(on(5, 1)) };
        docket.release(&event, "For the expert", edda).await;
        docket.reschedule(&event, clock(wall(7, 8, 9, 0)), on(5, 2)).await.unwrap();
        docket.release(&event, "For all", docket.terms(on(5, 3))).await;
        docket.reschedule(&event, clock(wall(7, 9, 9, 0)), on(5, 4)).await.unwrap();
        assert_eq!(Docket::only(&docket.events(MIA, on(6, 1), fields).await), last);
        assert_eq!(Docket::only(&docket.events(COLE, on(6, 1), fields).await)["sequence"], 2);
        // For the client alone at first, then granted to the expert.
        let event = docket.plan(EventKind::Deposition, clock(wall(7, 7, 9, 0))).await;
        let mia =
            Terms { audience: Audience::Named(vec![docket.parts.mia.clone()]), ..docket.terms(on(5, 1)) };
        docket.release(&event, "For the client", mia).await;
        docket.reschedule(&event, clock(wall(7, 8, 9, 0)), on(5, 2)).await.unwrap();
        docket.grant(&docket.parts.edda, &event, on(5, 3)).await;
        docket.reschedule(&event, clock(wall(7, 9, 9, 0)), on(5, 4)).await.unwrap();
        assert_eq!(Docket::only(&docket.events(EDDA, on(6, 1), fields).await), last);
    });
}

#[test]
fn an_expert_is_told_the_changes_since_the_grant() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.plan(EventKind::Deposition, clock(wall(7, 7, 9, 0))).await;
        docket.reschedule(&event, clock(wall(7, 8, 9, 0)), on(5, 1)).await.unwrap();
        docket.grant(&docket.parts.edda, &event, on(5, 2)).await;
        docket.reschedule(&event, clock(wall(7, 9, 9, 0)), on(5, 3)).await.unwrap();
        let fields = "sequence title changes { newDay }";
        let seen = Docket::only(&docket.events(EDDA, on(6, 1), fields).await);
        assert_eq!(seen, json!({ "sequence": 1, "title": null, "changes": [{ "newDay": "2026-07-09" }] }));
        for stranger in [COLE, MIA] {
            assert_eq!(docket.events(stranger, on(6, 1), fields).await, json!([]));
        }
        assert_eq!(
            docket.events(EDDA, on(5, 2) - microsecond(), fields).await,
            json!([]),
            "before the grant"
        );
    });
}

#[test]
fn what_an_import_proposes_changes_nothing_until_staff_confirm_it() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.shared("Hearing", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        let propose = async |change| {
            docket
                .write(async |t| {
                    calendar::propose(t, (&docket.firm, &event), "canary entry 28".into(), change)
                        .await
                        .unwrap()
                })
                .await
        };
        let before = docket.events(MIA, on(6, 1), LIFE).await;
        let first = propose(ProposedChange::Move(moved(clock(wall(7, 31, 10, 0)), on(5, 2)))).await;
        let off = propose(ProposedChange::Cancel { reason: "Struck.".into(), at: on(5, 3) }).await;
        let spare =
            propose(ProposedChange::Move(moved(days(day(2026, 8, 1), day(2026, 8, 2)), on(5, 4)))).await;
        assert_eq!(docket.events(MIA, on(6, 1), LIFE).await, before);
        let fields = "sequence proposedChanges { id source newStatus newLocalStart reason isAllDay }";
        let waiting = Docket::only(&docket.events(NORA, on(6, 1), fields).await);
        assert_eq!(waiting["sequence"], 0);
        assert_eq!(texts(&waiting["proposedChanges"], "id"), [first.clone(), off.clone(), spare.clone()]);
        assert_eq!(waiting["proposedChanges"][0]["newLocalStart"], "2026-07-31T10:00");
        let refused = docket.world.ask(MIA, "{ events { nodes { proposedChanges { id } } } }").await;
        assert_eq!(refused.code(), "GRAPHQL_VALIDATION_FAILED");

        let by = |at| (docket.nora.as_str(), at);
        let confirm = async |id: &str, at| {
            docket.write(async |t| calendar::confirm(t, (&docket.firm, id), by(at)).await).await
        };
        assert!(confirm(&first, on(5, 5)).await.unwrap());
        let seen =
            Docket::only(&docket.events(MIA, on(6, 1), "sequence localStart room changes { at }").await);
        assert_eq!(
            seen,
            json!({ "sequence": 1, "localStart": "2026-07-31T10:00", "room": "218", "changes": [{ "at": "2026-05-05T12:00:00Z" }] })
        );
        assert!(matches!(confirm(&first, on(5, 6)).await, Err(Unfit::Absent)), "once only");
        docket
            .write(async |t| calendar::dismiss(t, (&docket.firm, &spare), by(on(5, 6))).await.unwrap())
            .await;
        assert!(confirm(&off, on(5, 7)).await.unwrap());
        let staff =
            Docket::only(&docket.events(NORA, on(6, 1), "status sequence proposedChanges { id }").await);
        assert_eq!(staff, json!({ "status": "CANCELLED", "sequence": 2, "proposedChanges": [] }));
    });
}

#[test]
fn what_is_over_no_longer_moves_and_a_change_says_why() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.shared("Hearing", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        let mut to = moved(clock(wall(7, 8, 9, 0)), on(5, 2));
        to.reason = "  ".into();
        let silent = docket.write(async |t| calendar::reschedule(t, (&docket.firm, &event), to).await).await;
        assert!(matches!(silent, Err(Unfit::Reason)), "{silent:?}");
        docket.write(async |t| calendar::hold(t, (&docket.firm, &event)).await.unwrap()).await;
        let seen = Docket::only(&docket.events(MIA, on(8, 1), "status sequence changes { at }").await);
        assert_eq!(seen, json!({ "status": "HELD", "sequence": 0, "changes": [] }));
        assert_eq!(docket.events(NORA, on(8, 1), "status sequence changes { at }").await, json!([seen]));
        let late = docket.reschedule(&event, clock(wall(7, 9, 9, 0)), on(7, 8)).await;
        assert!(matches!(late, Err(Unfit::Standing(_))), "{late:?}");
        assert!(matches!(docket.cancel(&event, on(7, 8)).await, Err(Unfit::Standing(_))));
        let foreign = docket
            .write(async |t| calendar::cancel(t, (&docket.other[0], &event), (on(7, 8), "why".into())).await)
            .await;
        assert!(matches!(foreign, Err(Unfit::Absent)), "another firm's event is not there: {foreign:?}");
    });
}

#[test]
fn of_two_who_change_one_event_at_once_neither_loses_the_others_work() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        for _ in 0..4 {
            let event = docket.plan(EventKind::Hearing, clock(wall(7, 7, 9, 0))).await;
            let place = Place { room: Some("9".into()), ..Place::default() };
            let into_room = Move { place: Some(place), ..moved(clock(wall(7, 8, 9, 0)), on(5, 1)) };
            let at = (docket.firm.as_str(), event.as_str());
            let to_room = docket.write(async |t| calendar::reschedule(t, at, into_room).await.unwrap());
            let to_day = docket.reschedule(&event, clock(wall(7, 9, 9, 0)), on(5, 1));
            let off = docket.cancel(&event, on(5, 2));
            let (in_room, on_day, is_off) = tokio::join!(to_room, to_day, off);
            assert!(in_room && on_day.unwrap() && is_off.unwrap());
            let query = format!(
                "{{ node(id: \"{event}\") {{ ... on Event {{ sequence room status day changes {{ oldDay newDay oldStatus newStatus }} }} }} }}"
            );
            let found = docket.world.ask_at(NORA, on(6, 1), &query).await.data()["node"].clone();
            assert_eq!((&found["sequence"], &found["room"]), (&json!(3), &json!("9")), "{found}");
            let changes = found["changes"].as_array().unwrap();
            // Each change begins where the one before it ended, and the last one where the event stands.
            let (mut day, mut status) = (json!("2026-07-07"), json!("CONFIRMED"));
            for change in changes {
                assert_eq!((&change["oldDay"], &change["oldStatus"]), (&day, &status), "{found}");
                (day, status) = (change["newDay"].clone(), change["newStatus"].clone());
            }
            assert_eq!((changes.len(), &found["day"], &found["status"]), (3, &day, &status));
        }
    });
}
