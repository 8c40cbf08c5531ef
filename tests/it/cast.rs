//! Somebody for each role: the demo's own people, and whoever it lacks.
use std::collections::HashMap;

use portico::{
    demo, house,
    id::{Tag, random},
    policy::{Model, Policy, Role, Source},
};

use crate::{
    harness::{Answer, World},
    raw::Raw,
};

/// Everybody who asks, by role; nobody stands for the anonymous.
pub struct Cast {
    pub people: HashMap<Role, String>,
    pub policy: Policy,
    pub full: Model,
}

impl Cast {
    /// Whoever the demo lacks is written into the world's database.
    pub async fn of(world: &World) -> Self {
        Self::in_database(&world.database).await
    }

    pub async fn in_database(url: &str) -> Self {
        let raw = Raw::open(url).await;
        let mut people = HashMap::new();
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Anonymous) {
            let known = demo::cast().iter().find(|member| member.role == role);
            let email = match known {
                Some(member) => member.email.to_owned(),
                None => added(&raw, role).await,
            };
            people.insert(role, email);
        }
        let policy = house::compile(&Source::embedded()).await.unwrap_or_else(|faults| panic!("{faults}"));
        Cast { people, policy, full: house::model() }
    }

    pub fn model(&self, role: Role) -> &Model {
        self.policy.grants(role).model()
    }

    pub async fn ask(&self, world: &World, role: Role, body: &serde_json::Value) -> Answer {
        let token = match self.people.get(&role) {
            Some(email) => Some(world.token(email, role).await),
            None => None,
        };
        world.post(token.as_deref(), body).await
    }
}

/// Writes somebody who takes part, in this role, in the first case that is in the portal.
async fn added(raw: &Raw, role: Role) -> String {
    let sql =
        "SELECT firm_id || '|' || case_id AS text FROM case_releases ORDER BY released_from, id LIMIT 1";
    let line = raw.texts(sql).await.pop().expect("the demo has a case in the portal");
    let (firm, case) = line.split_once('|').unwrap();
    let (person, name) = (random(Tag::Person), role.word());
    let email = format!("{}@cast.example", role.name());
    let (kind, staff) =
        if role.is_staff() { ("STAFF", format!("'{name}'")) } else { ("PORTAL", "NULL".into()) };
    raw.run(&format!(
        "INSERT INTO people (firm_id, id, kind, name, email, staff_role, is_active) \
         VALUES ('{firm}', '{person}', '{kind}', 'Cast {name}', '{email}', {staff}, TRUE)"
    ))
    .await;
    if role.is_outside() {
        let id = random(Tag::Participant);
        raw.run(&format!(
            "INSERT INTO participants (firm_id, id, case_id, person_id, role, state, has_status, has_calendar, has_documents, \
             has_billing, has_messages, active_from, active_until) VALUES ('{firm}', '{id}', '{case}', '{person}', '{name}', \
             'ACTIVE', TRUE, TRUE, TRUE, TRUE, TRUE, '2020-01-01 00:00:00', '2090-01-01 00:00:00')"
        ))
        .await;
    } else if role == Role::Paralegal {
        raw.run(&format!(
            "INSERT INTO case_staff (firm_id, case_id, person_id, role, is_responsible) \
             VALUES ('{firm}', '{case}', '{person}', 'Paralegal', FALSE)"
        ))
        .await;
    }
    email
}
