//! When events are: wall clocks, whole days, ranges, pages and what comes next.
use diesel::{ExpressionMethods, update};
use portico::calendar::{self, EventKind, Span, Timing, Unfit, Wall, clock::Overlap, events};
use serde_json::{Value, json};

use super::cast::{Docket, MIA, NORA, ZONE, clock, days, microsecond, on, open, wall};
use crate::harness::{day, on_both_small};

fn from_to(start: Wall, end: Wall) -> Timing {
    Timing { zone: ZONE.into(), span: Span::Clock { start, end: Some(end) } }
}

fn titles(nodes: &Value) -> Vec<&str> {
    nodes.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

#[test]
fn a_time_in_a_gap_moves_forward_and_one_in_an_overlap_is_the_earlier_unless_said() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        // In 2026 New York's clocks skip 2:00 to 3:00 on March 8 and show 1:00 to 2:00 twice on November 1.
        let later = |local| Wall { local, overlap: Overlap::Later };
        docket.plan(EventKind::Meeting, from_to(wall(3, 8, 2, 30).into(), wall(3, 8, 3, 15).into())).await;
        docket.plan(EventKind::Meeting, clock(wall(11, 1, 1, 30))).await;
        docket.plan(EventKind::Meeting, from_to(later(wall(11, 1, 1, 30)), wall(11, 1, 1, 45).into())).await;
        let found = docket.events(NORA, on(1, 1), "localStart startsAt localEnd endsAt wasInGap").await;
        assert_eq!(
            found,
            json!([
                { "localStart": "2026-03-08T03:30", "startsAt": "2026-03-08T07:30:00Z",
                  "localEnd": "2026-03-08T04:15", "endsAt": "2026-03-08T08:15:00Z", "wasInGap": true },
                { "localStart": "2026-11-01T01:30", "startsAt": "2026-11-01T05:30:00Z",
                  "localEnd": null, "endsAt": null, "wasInGap": false },
                { "localStart": "2026-11-01T01:30", "startsAt": "2026-11-01T06:30:00Z",
                  "localEnd": "2026-11-01T01:45", "endsAt": "2026-11-01T06:45:00Z", "wasInGap": false },
            ])
        );
    });
}

#[test]
fn an_event_of_whole_days_has_days_and_no_hours() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.shared("Trial", days(day(2026, 7, 6), day(2026, 7, 8)), on(5, 1)).await;
        docket.reschedule(&event, days(day(2026, 7, 13), day(2026, 7, 13)), on(5, 2)).await.unwrap();
        let fields = "isAllDay day lastDay startsAt endsAt localStart localEnd changes { oldDay newDay oldStart newStart newLocalStart }";
        let seen = Docket::only(&docket.events(MIA, on(6, 1), fields).await);
        assert_eq!(
            seen,
            json!({
                "isAllDay": true, "day": "2026-07-13", "lastDay": "2026-07-13",
                "startsAt": null, "endsAt": null, "localStart": null, "localEnd": null,
                "changes": [{ "oldDay": "2026-07-06", "newDay": "2026-07-13", "oldStart": null, "newStart": null, "newLocalStart": null }],
            })
        );
    });
}

#[test]
fn whole_days_are_those_that_were_said_even_where_a_clock_skips_midnight() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        // Cairo's clocks skip the first hour of April 24, 2026.
        let days = Span::Days { first: day(2026, 4, 23), last: day(2026, 4, 23) };
        docket.plan(EventKind::Hearing, Timing { zone: "africa/cairo".into(), span: days }).await;
        let found = docket.events(NORA, on(1, 1), "day lastDay timeZone wasInGap").await;
        let expected = json!([{ "day": "2026-04-23", "lastDay": "2026-04-23", "timeZone": "Africa/Cairo", "wasInGap": false }]);
        assert_eq!(found, expected);
    });
}

#[test]
fn a_time_that_cannot_be_is_refused() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let mut nowhere = clock(wall(7, 7, 9, 0));
        nowhere.zone = "Mars/Olympus".into();
        let backwards = from_to(wall(7, 7, 9, 0).into(), wall(7, 7, 8, 59).into());
        for (timing, is_zone) in
            [(nowhere, true), (backwards, false), (days(day(2026, 7, 7), day(2026, 7, 6)), false)]
        {
            let planned = docket.planned(EventKind::Meeting, timing);
            let refused = docket.write(async |t| calendar::create(t, &docket.firm, planned).await).await;
            assert!(matches!(refused, Err(Unfit::Zone(_))) == is_zone && refused.is_err(), "{refused:?}");
        }
    });
}

#[test]
fn other_zone_data_moves_the_instant_and_neither_the_wall_clock_nor_the_sequence() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.plan(EventKind::Hearing, clock(wall(3, 8, 2, 30))).await;
        docket.plan(EventKind::Hearing, clock(wall(8, 7, 9, 0))).await;
        // As another edition, without summer time, would have had it.
        let (shown, at) = (wall(3, 8, 2, 30), wall(3, 8, 7, 0));
        docket
            .write(async |t| {
                let stale = update(diesel::QueryDsl::filter(events::table, events::id.eq(event.clone())))
                    .set((
                        events::tz_version.eq("1999a"),
                        events::local_start.eq(Some(shown)),
                        events::starts_at.eq(Some(at)),
                        events::sorts_at.eq(at),
                        events::was_in_gap.eq(false),
                    ));
                t.execute(stale).await.unwrap();
            })
            .await;
        let again =
            async || docket.write(async |t| calendar::derive_again(t, &docket.firm).await.unwrap()).await;
        assert_eq!(again().await, [event]);
        let found =
            docket.events(NORA, on(1, 1), "localStart startsAt wasInGap sequence changes { at }").await;
        assert_eq!(
            found[0],
            json!({ "localStart": "2026-03-08T03:30", "startsAt": "2026-03-08T07:30:00Z", "wasInGap": true, "sequence": 0, "changes": [] })
        );
        assert_eq!(again().await, [""; 0]);
    });
}

#[test]
fn the_next_event_is_the_first_to_come_at_the_viewers_instant() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let off = docket.shared("Off", clock(wall(7, 1, 9, 0)), on(5, 1)).await;
        docket.cancel(&off, on(5, 2)).await.unwrap();
        docket.shared("To be set", open(), on(5, 1)).await;
        docket.shared("Second", clock(wall(7, 8, 9, 0)), on(5, 1)).await;
        docket.shared("First", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        docket.shared("Trial", days(day(2026, 7, 10), day(2026, 7, 11)), on(5, 1)).await;
        docket.plan(EventKind::FirmReminder, clock(wall(6, 30, 9, 0))).await;
        let next = async |at| {
            let query = "{ cases { nodes { nextEvent { title } } } }";
            docket.world.ask_at(MIA, at, query).await.data()["cases"]["nodes"][0]["nextEvent"]["title"]
                .clone()
        };
        let (first, second) = (wall(7, 7, 13, 0), wall(7, 8, 13, 0));
        for (at, title) in [
            (on(6, 1), json!("First")),
            (first, json!("First")),
            (first + microsecond(), json!("Second")),
            (second, json!("Second")),
            (second + microsecond(), json!("Trial")),
            // Whole days are to come until the last of them is over: midnight in New York is 4:00 in UTC.
            (wall(7, 12, 4, 0) - microsecond(), json!("Trial")),
            (wall(7, 12, 4, 0), Value::Null),
        ] {
            assert_eq!(next(at).await, title, "{at}");
        }
    });
}

#[test]
fn a_range_has_what_begins_in_it_or_is_not_over_when_it_begins() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        docket.shared("Point", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        docket.shared("Span", from_to(wall(7, 8, 9, 0).into(), wall(7, 8, 11, 0).into()), on(5, 1)).await;
        docket.shared("Open", open(), on(5, 1)).await;
        let range = async |arguments: &str| {
            let query = format!(
                "{{ events{arguments} {{ nodes {{ title }} }} cases {{ nodes {{ events{arguments} {{ nodes {{ title }} }} }} }} }}"
            );
            let found = docket.world.ask_at(MIA, on(6, 1), &query).await.data();
            assert_eq!(found["events"], found["cases"]["nodes"][0]["events"]);
            titles(&found["events"]["nodes"]).join(" ")
        };
        for (arguments, expected) in [
            ("", "Point Span Open"),
            (r#"(from: "2026-07-07T13:00:00Z")"#, "Point Span"),
            (r#"(from: "2026-07-07T13:00:00.000001Z")"#, "Span"),
            (r#"(from: "2026-07-07T09:00:00-04:00")"#, "Point Span"),
            (r#"(from: "2026-07-08T14:59:59.999999Z")"#, "Span"),
            (r#"(from: "2026-07-08T15:00:00Z")"#, ""),
            (r#"(to: "2026-07-07T13:00:00Z")"#, ""),
            (r#"(to: "2026-07-07T13:00:00.000001Z")"#, "Point"),
            (r#"(from: "2026-07-07T13:00:00Z", to: "2026-07-08T13:00:00Z")"#, "Point"),
            ("(filter: { status: [TO_BE_SET] })", "Open"),
            ("(filter: { status: [], kind: [HEARING] })", ""),
            ("(filter: { kind: [HEARING], status: [CONFIRMED] })", "Point Span"),
            ("(filter: { kind: [MEETING] })", ""),
        ] {
            assert_eq!(range(arguments).await, expected, "{arguments}");
        }
    });
}

#[test]
fn pages_run_over_events_to_be_set_in_both_directions() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        for (title, timing) in [
            ("b", clock(wall(7, 8, 9, 0))),
            ("x", open()),
            ("a", clock(wall(7, 7, 9, 0))),
            ("y", open()),
            ("z", open()),
        ] {
            docket.shared(title, timing, on(5, 1)).await;
        }
        let all = docket.events(MIA, on(6, 1), "title").await;
        let all: Vec<String> = titles(&all).into_iter().map(str::to_owned).collect();
        assert_eq!(all[..2], ["a", "b"]);
        let page = async |arguments: String| {
            let query = format!(
                "{{ events({arguments}) {{ nodes {{ title }} pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }}"
            );
            docket.world.ask_at(MIA, on(6, 1), &query).await.data()["events"].clone()
        };
        for length in 1..=5 {
            let (mut forward, mut arguments) = (Vec::new(), format!("first: {length}"));
            loop {
                let page = page(arguments).await;
                forward.extend(titles(&page["nodes"]).into_iter().map(str::to_owned));
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                arguments = format!("first: {length}, after: {}", page["pageInfo"]["endCursor"]);
            }
            assert_eq!(forward, all, "{length} at a time");
            let (mut backward, mut arguments) = (Vec::new(), format!("last: {length}"));
            loop {
                let page = page(arguments).await;
                backward.splice(0..0, titles(&page["nodes"]).into_iter().map(str::to_owned));
                if page["pageInfo"]["hasPreviousPage"] == false {
                    break;
                }
                arguments = format!("last: {length}, before: {}", page["pageInfo"]["startCursor"]);
            }
            assert_eq!(backward, all, "{length} at a time, from the end");
        }
    });
}
