//! Who reads which events, and from when until when.
use diesel::{ExpressionMethods, QueryDsl, insert_into, update};
use portico::{
    calendar::{self, EventKind, EventWording, Planned, Unfit, event_releases, events},
    cases::{NewStaff, NewWall, case_staff, ethical_walls},
    id::{Tag, random},
    people::people,
    policy::Role,
    releasing::{self, Audience, Terms},
};
use serde_json::{Value, json};

use super::cast::{BELA, COLE, Docket, EDDA, MIA, NORA, OTIS, PAUL, YURI, ZOE, clock, microsecond, on, wall};
use crate::harness::on_both_small;

const TITLE: &str = "title";

#[test]
fn a_release_is_read_from_its_first_instant_to_its_last_and_not_a_microsecond_longer() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.plan(EventKind::Hearing, clock(wall(7, 7, 9, 0))).await;
        let (from, end) = (on(5, 1), on(5, 20));
        let release = docket.release(&event, "Hearing", docket.terms(from)).await;
        let is_there = async |at| docket.events(MIA, at, TITLE).await != json!([]);
        assert!(!is_there(from - microsecond()).await && is_there(from).await && is_there(on(9, 1)).await);
        docket
            .write(async |t| {
                releasing::withdraw::<event_releases::table>(t, &docket.firm, (&event, &release), end)
                    .await
                    .unwrap();
            })
            .await;
        assert!(is_there(end - microsecond()).await && !is_there(end).await && !is_there(on(9, 1)).await);
        // Its words are frozen, and the next ones take over at their own instant.
        docket.release(&event, "Anew", docket.terms(on(6, 1))).await;
        assert_eq!(docket.events(MIA, on(6, 1) - microsecond(), TITLE).await, json!([]));
        assert_eq!(docket.events(MIA, on(6, 1), TITLE).await, json!([{ "title": "Anew" }]));
        let state = "title publication { state scheduledFor }";
        let staff = async |at| docket.events(NORA, at, state).await[0].clone();
        assert_eq!(staff(end).await["publication"]["state"], "SCHEDULED");
        assert_eq!(staff(end).await["title"], Value::Null);
        assert_eq!(staff(on(6, 1)).await["publication"]["state"], "PUBLISHED");
    });
}

#[test]
fn the_firms_own_deadlines_and_reminders_never_reach_anybody_outside_nor_billing() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        for kind in [EventKind::CourtDeadlineInternal, EventKind::FirmReminder] {
            let refused = docket.plan(kind, clock(wall(7, 7, 9, 0))).await;
            let wording = EventWording { title: "canary".into(), bring: None, you_should_attend: false };
            let (at, terms) = ((docket.firm.as_str(), refused.as_str()), docket.terms(on(5, 1)));
            let answer = docket.write(async |t| calendar::release(t, at, wording, &terms).await).await;
            assert!(matches!(answer, Err(Unfit::Internal(refused)) if refused == kind), "{answer:?}");
            // Released and granted while it was of another kind, it is not there either.
            let event = docket.shared("canary", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
            let row = events::table.filter(events::id.eq(event.clone()));
            docket
                .write(async |t| {
                    t.execute(update(row).set(events::kind.eq(portico::graph::Enumeration::word(kind))))
                        .await
                        .unwrap()
                })
                .await;
            docket.grant(&docket.parts.edda, &event, on(5, 1)).await;
            docket.grant(&docket.parts.cole, &event, on(5, 1)).await;
            for who in [MIA, EDDA, COLE, BELA] {
                assert_eq!(docket.events(who, on(6, 1), "id").await, json!([]), "{who:?}");
                let query = format!(
                    "{{ node(id: \"{event}\") {{ id }} cases {{ nodes {{ nextEvent {{ id }} }} }} }}"
                );
                let found = docket.world.ask_at(who, on(6, 1), &query).await.data();
                assert_eq!(
                    (&found["node"], &found["cases"]["nodes"][0]["nextEvent"]),
                    (&Value::Null, &Value::Null)
                );
            }
        }
        let filtered = async |who, value: &str| {
            docket
                .world
                .ask(who, &format!("{{ events(filter: {{ kind: [{value}] }}) {{ nodes {{ id }} }} }}"))
                .await
        };
        for who in [MIA, EDDA, COLE, BELA] {
            let (hidden, nonsense) =
                (filtered(who, "FIRM_REMINDER").await, filtered(who, "FIRM_REMINDEX").await);
            assert_eq!((hidden.status, hidden.code()), (400, "BAD_USER_INPUT".to_owned()));
            assert_eq!(hidden.body.replace("REMINDER", "REMINDEX"), nonsense.body);
        }
        let found = filtered(NORA, "FIRM_REMINDER").await.data();
        assert_eq!(found["events"]["nodes"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn who_was_granted_a_hearing_does_not_read_the_words_that_were_meant_for_another() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let event = docket.plan(EventKind::Deposition, clock(wall(7, 9, 9, 0))).await;
        docket.grant(&docket.parts.edda, &event, on(5, 1)).await;
        let mia = vec![docket.parts.mia.clone()];
        let terms = Terms { audience: Audience::Named(mia), ..docket.terms(on(5, 1)) };
        docket.release(&event, "canary: for Mia", terms).await;
        let read = async |who| Docket::only(&docket.events(who, on(6, 1), "title releasedAt bring").await);
        assert_eq!(read(MIA).await["title"], "canary: for Mia");
        assert_eq!(read(EDDA).await, json!({ "title": null, "releasedAt": null, "bring": null }));
        let edda = vec![docket.parts.mia.clone(), docket.parts.edda.clone()];
        let terms = Terms { audience: Audience::Named(edda), ..docket.terms(on(5, 2)) };
        docket.release(&event, "For both", terms).await;
        assert_eq!(read(EDDA).await["title"], "For both");
    });
}

#[test]
fn each_role_finds_its_own_events_and_no_other() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let shared = docket.shared("Hearing", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        let hidden = docket.plan(EventKind::Meeting, clock(wall(7, 8, 9, 0))).await;
        let granted = docket.plan(EventKind::Deposition, clock(wall(7, 9, 9, 0))).await;
        docket.grant(&docket.parts.edda, &granted, on(5, 1)).await;
        docket.grant(&docket.parts.cole, &granted, on(5, 1)).await;
        let named = docket.plan(EventKind::Mediation, clock(wall(7, 10, 9, 0))).await;
        let terms =
            Terms { audience: Audience::Named(vec![docket.parts.mia.clone()]), ..docket.terms(on(5, 1)) };
        docket.release(&named, "For Mia", terms).await;
        let all = [&shared, &hidden, &granted, &named];
        for (who, expected) in [
            (MIA, vec![&shared, &named]),
            (COLE, vec![&shared, &granted, &named]),
            (EDDA, vec![&granted]),
            (NORA, all.to_vec()),
            (BELA, all.to_vec()),
            // Takes part, without the section.
            (OTIS, vec![]),
            // On no case.
            (PAUL, vec![]),
            // Of another firm.
            (YURI, vec![]),
            (ZOE, vec![]),
        ] {
            let found = docket.events(who, on(6, 1), "id").await;
            let expected: Vec<Value> = expected.into_iter().map(|id| json!({ "id": id })).collect();
            assert_eq!(found, json!(expected), "{who:?}");
            let ids = json!(all).to_string();
            let nodes =
                docket.world.ask_at(who, on(6, 1), &format!("{{ nodes(ids: {ids}) {{ id }} }}")).await.data();
            let reached: Vec<&Value> =
                nodes["nodes"].as_array().unwrap().iter().filter(|it| !it.is_null()).collect();
            assert_eq!(json!(reached), json!(expected), "{who:?}");
        }
        let payer = docket.world.house.clone();
        let schema =
            portico::http::House::schema(&*payer, Role::BillPayer).unwrap_or_else(|_| panic!("no schema"));
        let sdl = portico::http::RoleSchema::sdl(&*schema);
        assert!(!String::from_utf8_lossy(&sdl).contains("Event"), "a bill payer has no calendar");
    });
}

#[test]
fn another_firms_shared_hearing_is_its_own_clients_alone() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        let [firm, case, yuri] = &docket.other;
        let planned = Planned {
            case: case.clone(),
            attendees: vec![],
            ..docket.planned(EventKind::Hearing, clock(wall(7, 7, 9, 0)))
        };
        let wording = EventWording { title: "Theirs".into(), bring: None, you_should_attend: false };
        let terms = Terms { approved_by: yuri.clone(), ..docket.terms(on(5, 1)) };
        docket
            .write(async |t| {
                let event = calendar::create(t, firm, planned).await.unwrap();
                calendar::release(t, (firm, &event), wording, &terms).await.unwrap();
            })
            .await;
        for (who, count) in [(ZOE, 1), (YURI, 1), (MIA, 0), (NORA, 0), (BELA, 0), (COLE, 0)] {
            let found = docket.events(who, on(6, 1), "id").await;
            assert_eq!(found.as_array().unwrap().len(), count, "{who:?}");
        }
    });
}

#[test]
fn staff_read_their_own_words_and_a_wall_or_a_place_on_the_case_decides_which() {
    on_both_small(async |world| {
        let docket = Docket::new(world).await;
        docket.shared("Hearing", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        let fields = "title internalTitle prepNotes attendees { name } wasInGap";
        let paul = docket
            .write(async |t| {
                let who = people::table.filter(people::email.eq(PAUL.0)).select(people::id);
                let paul: Vec<String> = t.load(who).await.unwrap();
                let staff = NewStaff {
                    firm_id: docket.firm.clone(),
                    case_id: docket.case.clone(),
                    person_id: paul[0].clone(),
                    role: "Paralegal".into(),
                    phone: None,
                    photo_url: None,
                    is_responsible: false,
                };
                t.execute(insert_into(case_staff::table).values(staff)).await.unwrap();
                paul[0].clone()
            })
            .await;
        let seen = Docket::only(&docket.events(PAUL, on(6, 1), fields).await);
        assert_eq!(seen["internalTitle"], "canary internal title");
        assert_eq!(seen["attendees"], json!([{ "name": "Nora Castellan" }]));
        for who in [MIA, BELA] {
            for field in
                ["internalTitle", "prepNotes", "attendees { name }", "wasInGap", "publication { state }"]
            {
                let query = format!("{{ events {{ nodes {{ {field} }} }} }}");
                assert_eq!(
                    docket.world.ask(who, &query).await.code(),
                    "GRAPHQL_VALIDATION_FAILED",
                    "{who:?} {field}"
                );
            }
        }
        for field in ["place", "changes { reason }", "uid", "bring"] {
            let query = format!("{{ events {{ nodes {{ {field} }} }} }}");
            assert_eq!(docket.world.ask(BELA, &query).await.code(), "GRAPHQL_VALIDATION_FAILED", "{field}");
        }
        docket
            .write(async |t| {
                let wall = NewWall {
                    firm_id: docket.firm.clone(),
                    id: random(Tag::EthicalWall),
                    case_id: docket.case.clone(),
                    person_id: paul,
                    reason: "conflict".into(),
                    since: on(1, 1),
                };
                t.execute(insert_into(ethical_walls::table).values(wall)).await.unwrap();
            })
            .await;
        assert_eq!(docket.events(PAUL, on(6, 1), fields).await, json!([]));
    });
}

#[test]
fn an_event_of_a_case_that_left_the_portal_is_gone_for_clients() {
    on_both_small(async |world| {
        use portico::cases::case_releases;
        let docket = Docket::new(world).await;
        let event = docket.shared("Hearing", clock(wall(7, 7, 9, 0)), on(5, 1)).await;
        docket.grant(&docket.parts.edda, &event, on(5, 1)).await;
        docket
            .write(async |t| {
                t.execute(update(case_releases::table).set(case_releases::released_until.eq(on(5, 30))))
                    .await
                    .unwrap();
            })
            .await;
        assert_eq!(docket.events(MIA, on(5, 30) - microsecond(), TITLE).await.as_array().unwrap().len(), 1);
        for who in [MIA, EDDA, COLE] {
            assert_eq!(docket.events(who, on(5, 30), TITLE).await, json!([]), "{who:?}");
        }
    });
}
