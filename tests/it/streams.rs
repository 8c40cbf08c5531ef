//! What is told of a case that is followed, to whom, and when nothing is.
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{ExpressionMethods, insert_into, update};
use portico::{
    cases::{self, MilestoneWording, NewMilestone, milestones},
    id::{Tag, random},
    internal::{NewTask, tasks},
    policy::Role,
    releasing::{Audience, Terms},
    store::{Subject, Transaction},
};
use serde_json::{Value, json};

use crate::{
    cast::Cast,
    harness::{World, on_both, on_both_small, today},
    perturb::Group,
    raw::Raw,
    socket::Socket,
};

pub const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
pub const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);

pub const FOLLOW: &str =
    "subscription($case: ID!) { caseChanged(case: $case) { case { title milestones { nodes { title } } } } }";

/// The test's own writer, on the case of the small world.
pub struct Desk<'w> {
    world: &'w World,
    pub firm: String,
    pub case: String,
    pub nora: String,
    pub mia: String,
}

impl<'w> Desk<'w> {
    pub async fn of(world: &'w World) -> Self {
        let query = "{ viewer { firm { id } person { id } } cases { nodes { id } } }";
        let data = world.ask(NORA, query).await.data();
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        let mia = world.ask(MIA, "{ viewer { person { id } } }").await.data();
        Desk {
            world,
            firm: id(&data["viewer"]["firm"]["id"]),
            case: id(&data["cases"]["nodes"][0]["id"]),
            nora: id(&data["viewer"]["person"]["id"]),
            mia: id(&mia["viewer"]["person"]["id"]),
        }
    }

    pub fn variables(&self) -> Value {
        json!({ "case": self.case })
    }

    /// Another title of the case, for clients.
    pub async fn retitle(&self, title: &str) {
        let mut t = self.begin().await;
        let (from, expires_at) = now();
        let terms = Terms {
            audience: Audience::Clients,
            from,
            expires_at,
            approved_by: self.nora.clone(),
            approved_at: from,
            withheld_reason: None,
        };
        let wording = cases::CaseWording { title: title.into() };
        wording.approve(&mut t, (&self.firm, &self.case), &terms).await.unwrap();
        t.commit().await.unwrap();
    }

    pub async fn begin(&self) -> Transaction<'w> {
        self.world.store.unscoped("a test writes").begin().await.unwrap()
    }

    /// A step that clients may read in this span.
    pub async fn step(
        &self,
        title: &str,
        (from, until): (NaiveDateTime, Option<NaiveDateTime>),
    ) -> (String, String) {
        let mut t = self.begin().await;
        let id = random(Tag::Milestone);
        let row = NewMilestone {
            firm_id: self.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            position: 50,
            internal_title: "canary".into(),
            internal_notes: "canary".into(),
        };
        t.execute(insert_into(milestones::table).values(row)).await.unwrap();
        let wording = MilestoneWording {
            title: title.into(),
            what_happened: "Something.".into(),
            what_comes_next: None,
            occurred_on: None,
            expected_on: None,
            expected_precision: None,
            progress: "DONE".into(),
        };
        let terms = Terms {
            audience: Audience::Clients,
            from,
            expires_at: until,
            approved_by: self.nora.clone(),
            approved_at: from,
            withheld_reason: None,
        };
        let release = wording.approve(&mut t, (&self.firm, &id), &terms).await.unwrap();
        t.commit().await.unwrap();
        (id, release)
    }

    /// A task, which clients never see.
    pub async fn task(&self) {
        let mut t = self.begin().await;
        let row = NewTask {
            firm_id: self.firm.clone(),
            id: random(Tag::Task),
            case_id: self.case.clone(),
            title: "canary".into(),
            is_done: false,
            due_on: None,
            assignee_id: None,
        };
        t.execute(insert_into(tasks::table).values(row)).await.unwrap();
        t.touch(&self.firm, &self.case);
        t.commit().await.unwrap();
    }
}

pub fn titles(told: &Value) -> Vec<String> {
    let steps = told["caseChanged"]["case"]["milestones"]["nodes"].as_array().unwrap();
    steps.iter().map(|step| step["title"].as_str().unwrap().to_owned()).collect()
}

pub fn now() -> (NaiveDateTime, Option<NaiveDateTime>) {
    (today() - TimeDelta::seconds(1), None)
}

#[test]
fn a_client_is_told_what_was_shared_and_not_that_staff_worked() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut mia = Socket::of(&world, MIA).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        desk.task().await;
        mia.is_silent().await;
        desk.step("Step 3 for you", now()).await;
        let told = mia.hear().await.data();
        assert_eq!(titles(&told), ["Step 1 for you", "Step 2 for you", "Step 3 for you"]);
        mia.is_silent().await;
    });
}

#[test]
fn the_instant_that_an_answer_holds_for_is_no_change() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let query =
            "subscription($case: ID!) { caseChanged(case: $case) { case { title billing { asOf } } } }";
        let mut mia = Socket::of(&world, MIA).await;
        mia.follow("a", query, desk.variables()).await;
        desk.task().await;
        mia.is_silent().await;
        desk.retitle("Your claim").await;
        let told = mia.hear().await.data();
        assert!(told["caseChanged"]["case"]["billing"]["asOf"].is_string(), "{told}");
    });
}

#[test]
fn only_what_is_asked_for_is_told_of() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut mia = Socket::of(&world, MIA).await;
        let query = "subscription($case: ID!) { caseChanged(case: $case) { case { title } } }";
        mia.follow("a", query, desk.variables()).await;
        desk.step("Step 3 for you", now()).await;
        mia.is_silent().await;
        desk.retitle("Your claim").await;
        assert_eq!(mia.hear().await.data(), json!({ "caseChanged": { "case": { "title": "Your claim" } } }));
    });
}

#[test]
fn a_release_is_told_of_when_it_begins_and_when_it_ends() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut mia = Socket::of(&world, MIA).await;
        let from = today() + TimeDelta::milliseconds(2_500);
        desk.step("For a while", (from, Some(from + TimeDelta::milliseconds(2_500)))).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        let told = mia.hear().await.data();
        assert!(titles(&told).contains(&"For a while".to_owned()), "{told}");
        assert!(today() >= from);
        let told = mia.hear().await.data();
        assert!(!titles(&told).contains(&"For a while".to_owned()), "{told}");
        assert!(today() >= from + TimeDelta::milliseconds(2_500));
        // One that is written while somebody follows rings by itself, too.
        let from = today() + TimeDelta::seconds(2);
        desk.step("Later", (from, None)).await;
        let told = mia.hear().await.data();
        assert!(titles(&told).contains(&"Later".to_owned()) && today() >= from, "{told}");
    });
}

#[test]
fn a_wake_up_is_one_statement_however_much_was_written() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut mia = Socket::of(&world, MIA).await;
        mia.follow("a", FOLLOW, desk.variables()).await;
        world.store.record();
        world.store.recorded();
        desk.step("Step 3 for you", now()).await;
        mia.hear().await.data();
        let statements = world.store.recorded();
        assert_eq!(statements.len(), 1, "who asks, what is asked and when to look again: {statements:#?}");
        assert!(["sessions", "case_releases", "min(turn)"].iter().all(|part| statements[0].contains(part)));
        for _ in 0..30 {
            desk.task().await;
        }
        mia.is_silent().await;
        let statements = world.store.recorded();
        assert!((1..=10).contains(&statements.len()), "{} for 30 writes", statements.len());
    });
}

/// Everything that the role can ask of a type, some levels deep; lists by their rows alone, since cursors move.
fn selection(cast: &Cast, role: Role, ty: &str, levels: usize) -> String {
    use portico::policy::model::{Kind, named};
    let model = cast.model(role);
    let mut fields = Vec::new();
    for (name, field) in &model.types[ty].fields {
        let target = named(&field.ty);
        let is_object =
            model.types.get(target).is_some_and(|ty| ty.kind != Kind::Scalar && ty.kind != Kind::Enum);
        if field.args.values().any(portico::policy::model::Input::is_required) {
            continue;
        }
        if !is_object {
            fields.push(name.clone());
        } else if let Some(row) = target.strip_suffix("Connection") {
            if levels > 0 {
                let inner = selection(cast, role, row, levels - 1);
                fields.push(format!("{name}(first: 50) {{ nodes {{ {inner} }} }}"));
            }
        } else if levels > 0 {
            fields.push(format!("{name} {{ {} }}", selection(cast, role, target, levels - 1)));
        }
    }
    fields.push("__typename".into());
    fields.join(" ")
}

#[test]
fn whatever_a_role_may_not_see_makes_no_sign() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let group = Group::outside(&cast);
        let mut sockets = Vec::new();
        for role in &group.roles {
            let Some(email) = cast.people.get(role) else { continue };
            let who = (email.as_str(), *role);
            let own = world.ask(who, "{ cases { nodes { id } } }").await.data();
            let mut socket = Socket::of(&world, who).await;
            let query = format!(
                "subscription($case: ID!) {{ caseChanged(case: $case) {{ case {{ {} }} }} }}",
                selection(&cast, *role, "Case", 2)
            );
            for (number, case) in own["cases"]["nodes"].as_array().unwrap().iter().enumerate() {
                socket.follow(&number.to_string(), &query, json!({ "case": case["id"] })).await;
            }
            sockets.push((role, socket));
        }
        assert!(sockets.len() >= 5);
        let done = group.change(&world.database, &cast).await;
        assert!(done["hidden rows"] > 0 && done["hidden cells"] > 0, "{done:?}");
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        cases::touch_all(&mut t).await.unwrap();
        t.commit().await.unwrap();
        for (role, socket) in &mut sockets {
            println!("{role}");
            socket.is_silent().await;
        }
        // They do listen: what each sees is told to each.
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        t.execute(update(cases::cases::table).set(cases::cases::reference.eq(cases::cases::id)))
            .await
            .unwrap();
        cases::touch_all(&mut t).await.unwrap();
        t.commit().await.unwrap();
        for (_, socket) in &mut sockets {
            socket.hear().await.data();
        }
    });
}

#[test]
fn every_table_of_releases_is_waited_for() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let raw = Raw::open(&world.database).await;
        let mut mia = Socket::of(&world, MIA).await;
        mia.follow("warm", FOLLOW, desk.variables()).await;
        world.store.record();
        world.store.recorded();
        mia.follow("a", FOLLOW, desk.variables()).await;
        let statements = world.store.recorded().join("\n");
        for table in raw.tables().await {
            let columns = raw.columns(&table).await;
            if columns.iter().any(|(name, _)| name == "released_from") {
                let named = statements.matches(&format!("{table} ")).count()
                    + statements.matches(&format!("\"{table}\" ")).count()
                    + statements.matches(&format!("`{table}` ")).count();
                assert!(named >= 2, "{table} is not in {statements}");
            }
        }
    });
}

#[test]
fn what_the_house_writes_is_counted() {
    on_both(async |world| {
        let cases = world.ask(NORA, "{ cases(first: 50) { nodes { id } } }").await.data();
        let firm = world.ask(NORA, "{ viewer { firm { id } } }").await.data();
        let firm = firm["viewer"]["firm"]["id"].as_str().unwrap().to_owned();
        let raw = Raw::open(&world.database).await;
        for case in cases["cases"]["nodes"].as_array().unwrap() {
            let case = case["id"].as_str().unwrap();
            let sql = format!(
                "SELECT CAST(version AS TEXT) AS text FROM change_feed WHERE subject_id = '{case}' AND firm_id = '{firm}'"
            );
            assert_eq!(raw.texts(&sql).await.len(), 1, "the demo told nobody of {case}");
        }
        // Nobody's subject is nobody's news.
        let watch = world.store.watch(vec![Subject::new(&firm, "nothing")]);
        let heard = tokio::time::timeout(std::time::Duration::from_millis(300), watch.changed()).await;
        assert!(heard.is_err());
    });
}

#[test]
fn hundreds_who_follow_leave_room_for_requests() {
    on_both_small(async |world| {
        let desk = Desk::of(&world).await;
        let mut sockets = Vec::new();
        for who in [MIA, NORA].repeat(4) {
            let mut socket = Socket::of(&world, who).await;
            for id in 0..30 {
                socket.follow(&id.to_string(), FOLLOW, desk.variables()).await;
            }
            sockets.push(socket);
        }
        let started = std::time::Instant::now();
        desk.step("Step 3 for you", now()).await;
        let slowest = async {
            let mut slowest = std::time::Duration::ZERO;
            for _ in 0..20 {
                let started = std::time::Instant::now();
                world.ask(NORA, "{ cases { nodes { title } } }").await.data();
                slowest = slowest.max(started.elapsed());
            }
            slowest
        };
        let all = async {
            for socket in &mut sockets {
                for _ in 0..30 {
                    socket.hear().await.data();
                }
            }
            started.elapsed()
        };
        let (slowest, all) = tokio::join!(slowest, all);
        println!(
            "{:?}: 240 told in {all:?}; the slowest of 20 requests meanwhile took {slowest:?}",
            world.engine
        );
    });
}

#[test]
fn every_role_that_has_cases_follows_them() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let mut followed = 0;
        for role in Role::ALL.into_iter().filter(|role| cast.model(*role).subscription.is_some()) {
            let who = (cast.people[&role].as_str(), role);
            let own = world.ask(who, "{ cases(first: 1) { nodes { id } } }").await.data();
            let mut socket = Socket::of(&world, who).await;
            let selection = selection(&cast, role, "Case", 1);
            let query = format!(
                "subscription($case: ID!) {{ caseChanged(case: $case) {{ case {{ {selection} }} }} }}"
            );
            socket.follow("a", &query, json!({ "case": own["cases"]["nodes"][0]["id"] })).await;
            followed += 1;
        }
        assert_eq!(followed, Role::ALL.len() - 1, "all but the anonymous have cases");
    });
}
