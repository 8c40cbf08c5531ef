//! Changes a database in whatever some roles may not see: each row that this adds or alters holds the word `canary`.
use std::collections::BTreeMap;

use portico::{
    id::{Tag, random},
    policy::{Role, model::Kind},
};

use crate::{
    cast::Cast,
    copying::{Copier, list, turned},
    harness::World,
    raw::Raw,
};

/// Roles for which one and the same change is invisible.
pub struct Group {
    pub name: &'static str,
    pub roles: Vec<Role>,
}

/// Tables whose rows belong to two things at once, so that a copy for one of them would change the other.
const SHARED: &[&str] = &["allocations", "trust_entries", "sessions", "people"];
/// What does not belong to a case, though it leads to one.
const PERSONAL: &[&str] = &["sessions", "people"];

impl Group {
    /// Every outside role but co-counsel, who reads whatever is released to anybody.
    pub fn outside(cast: &Cast) -> Self {
        let roles = Role::ALL.into_iter().filter(|role| role.is_outside() && *role != Role::CoCounsel);
        debug_assert!(!cast.people.is_empty());
        Group { name: "outside", roles: roles.collect() }
    }

    pub fn all(cast: &Cast) -> Vec<Self> {
        vec![
            Self::outside(cast),
            Group { name: "co-counsel", roles: vec![Role::CoCounsel] },
            Group { name: "attorney", roles: vec![Role::Attorney] },
            Group { name: "paralegal", roles: vec![Role::Paralegal] },
            Group { name: "office", roles: vec![Role::Billing, Role::Admin, Role::Auditor] },
        ]
    }

    fn is_outside(&self) -> bool {
        self.roles.iter().all(|role| role.is_outside())
    }

    /// What a change must not leave out.
    pub fn expected(&self) -> &'static [&'static str] {
        match self.name {
            "outside" | "co-counsel" => {
                &["another firm's rows", "strangers' cases", "hidden rows", "hidden cells"]
            }
            "office" => &["another firm's rows", "cases out of reach", "hidden rows", "hidden cells"],
            "paralegal" => &["another firm's rows", "cases out of reach", "walled cases"],
            _ => &["another firm's rows", "cases out of reach"],
        }
    }

    /// Changes a served world's database.
    pub async fn perturb(&self, world: &World, cast: &Cast) {
        self.change(&world.database, cast).await;
    }

    /// Changes a database; answers how many rows of each kind it wrote.
    pub async fn change(&self, url: &str, cast: &Cast) -> BTreeMap<String, usize> {
        let raw = Raw::open(url).await;
        raw.sleep().await;
        let mut copier = Copier::new(&raw).await;
        let mut done = BTreeMap::new();
        let emails = self.roles.iter().filter_map(|role| cast.people.get(role));
        let emails: Vec<String> = emails.map(|email| format!("'{email}'")).collect();
        let people =
            raw.texts(&format!("SELECT id AS text FROM people WHERE email IN ({})", emails.join(", "))).await;
        let cases = raw.texts("SELECT id AS text FROM cases ORDER BY id").await;
        done.insert("another firm's rows".to_owned(), copier.firm(11).await);
        if self.is_outside() {
            let seen = raw
                .texts(&format!(
                    "SELECT DISTINCT case_id AS text FROM participants WHERE person_id IN ({})",
                    list(&people)
                ))
                .await;
            done.insert("strangers' cases".into(), strangers(&mut copier, &seen, &people).await);
            done.extend(
                unreleased(&mut copier, &seen, &people, !self.roles.contains(&Role::CoCounsel)).await,
            );
            done.insert("hidden rows".into(), self.hidden_rows(&mut copier, cast, &seen).await);
        } else {
            let rows = copier.closure("cases", &cases, 7, PERSONAL).await;
            if self.roles == [Role::Paralegal] {
                raw.run(&format!("DELETE FROM case_staff WHERE case_id IN ({})", list(&turned(&cases, 7))))
                    .await;
                done.insert("walled cases".into(), copier.closure("cases", &cases, 10, PERSONAL).await);
                staffed(&raw, &turned(&cases, 10), &people).await;
                walls(&raw, &turned(&cases, 10), &people).await;
            } else {
                walls(&raw, &turned(&cases, 7), &people).await;
            }
            done.insert("cases out of reach".into(), rows);
            done.insert("hidden rows".into(), self.hidden_rows(&mut copier, cast, &cases).await);
        }
        done.insert("hidden cells".into(), self.hidden_cells(&copier, cast).await);
        done
    }

    fn is_granted(&self, cast: &Cast, ty: &str, field: &str) -> bool {
        self.roles.iter().any(|role| cast.model(*role).field(ty, field).is_some())
    }

    /// More rows of each type that none of the roles has, in the cases that they have.
    async fn hidden_rows(&self, copier: &mut Copier<'_>, cast: &Cast, cases: &[String]) -> usize {
        let mut count = 0;
        for (ty, found) in &cast.full.types {
            let is_hidden = !self.roles.iter().any(|role| cast.model(*role).types.contains_key(ty));
            let Some(table) = copier.table_of(ty).filter(|_| is_hidden && found.kind == Kind::Object) else {
                continue;
            };
            if !copier.has(&table, "case_id") || !copier.has(&table, "id") {
                continue;
            }
            let ids = copier.ids(&table, &format!("case_id IN ({})", list(cases))).await;
            count += copier.closure(&table, &ids, 9, SHARED).await;
        }
        count
    }

    /// Another content for each column that is a field which none of the roles has.
    async fn hidden_cells(&self, copier: &Copier<'_>, cast: &Cast) -> usize {
        let mut count = 0;
        for (ty, found) in &cast.full.types {
            let Some(table) = copier.table_of(ty) else { continue };
            for field in found.fields.keys().filter(|field| !self.is_granted(cast, ty, field)) {
                count += usize::from(copier.alter(&table, &snake(field)).await);
            }
        }
        count
    }
}

/// Whole copies of the cases, in which strangers stand where the people stand.
async fn strangers(copier: &mut Copier<'_>, cases: &[String], people: &[String]) -> usize {
    copier.moved(people).await;
    copier.copy("people", &format!("id IN ({})", list(people)), 7).await;
    copier.closure_with(people, "cases", cases, 7, PERSONAL).await
}

/// Copies of the cases' items that were never released, are to be released, were withdrawn, or are for others.
async fn unreleased(
    copier: &mut Copier<'_>,
    cases: &[String],
    people: &[String],
    with_named: bool,
) -> BTreeMap<String, usize> {
    let mut done = BTreeMap::new();
    let others = with_named.then_some(bystanders(copier, cases, people).await);
    for (releases, column, item) in copier.releases() {
        // A further release to come, of what is released already.
        let key = if item == "cases" { "id" } else { "case_id" };
        if !copier.has(&item, key) {
            continue;
        }
        let ids = copier.ids(&item, &format!("{key} IN ({})", list(cases))).await;
        copier.moved(&copier.ids(&releases, &format!("{column} IN ({})", list(&ids))).await).await;
        let rows = copier.copy(&releases, &format!("{column} IN ({})", list(&ids)), 8).await;
        let of_turn = |turn: usize| format!("{column} IN ({})", list(&turned(&ids, turn)));
        let later = "released_from = '2095-01-01 00:00:00', released_until = '9999-12-31 00:00:00', withdrawn_at = NULL";
        let over = "released_from = '2001-01-01 00:00:00', released_until = '2002-01-01 00:00:00', withdrawn_at = '2002-01-01 00:00:00'";
        let new = copier.turned_ids(&releases, &format!("{column} IN ({})", list(&ids)), 8).await;
        copier.raw.run(&format!("UPDATE {releases} SET {later} WHERE id IN ({})", list(&new))).await;
        done.insert(format!("{releases} to come"), rows);
        if item == "cases" {
            continue;
        }
        let without: Vec<&str> = SHARED.iter().copied().chain([releases.as_str()]).collect();
        done.insert(format!("{item} without a release"), copier.closure(&item, &ids, 3, &without).await);
        done.insert(format!("{item} to be released"), copier.closure(&item, &ids, 4, SHARED).await);
        copier.raw.run(&format!("UPDATE {releases} SET {later} WHERE {}", of_turn(4))).await;
        done.insert(format!("{item} withdrawn"), copier.closure(&item, &ids, 5, SHARED).await);
        copier.raw.run(&format!("UPDATE {releases} SET {over} WHERE {}", of_turn(5))).await;
        if let Some(others) = &others {
            done.insert(format!("{item} for others"), copier.closure(&item, &ids, 6, SHARED).await);
            copier.raw.run(&format!("UPDATE {releases} SET audience = 'NAMED' WHERE {}", of_turn(6))).await;
            let named = format!("{}_audiences", releases.trim_end_matches('s'));
            let within = format!("release_id IN (SELECT id FROM {releases} WHERE {})", of_turn(6));
            copier.raw.run(&format!("DELETE FROM {named} WHERE {within}")).await;
            copier
                .raw
                .run(&format!(
                    "INSERT INTO {named} (firm_id, release_id, participant_id) SELECT r.firm_id, r.id, p.id \
                     FROM {releases} r, participants p WHERE p.id IN ({}) AND p.firm_id = r.firm_id AND r.{}",
                    list(others),
                    of_turn(6)
                ))
                .await;
        }
    }
    done
}

/// Strangers who take part in the very same cases; answers their participations.
async fn bystanders(copier: &mut Copier<'_>, cases: &[String], people: &[String]) -> Vec<String> {
    let which = format!("case_id IN ({}) AND person_id IN ({})", list(cases), list(people));
    let parts = copier.ids("participants", &which).await;
    copier.moved(&parts).await;
    copier.copy("participants", &which, 6).await;
    let new = turned(&parts, 6);
    for (person, stranger) in people.iter().zip(turned(people, 7)) {
        copier
            .raw
            .run(&format!(
                "UPDATE participants SET person_id = '{stranger}' WHERE person_id = '{person}' AND id IN ({})",
                list(&new)
            ))
            .await;
    }
    new
}

/// Puts the people on the staff of the cases of their firm.
async fn staffed(raw: &Raw, cases: &[String], people: &[String]) {
    raw.run(&format!(
        "INSERT INTO case_staff (firm_id, case_id, person_id, role, is_responsible) \
         SELECT c.firm_id, c.id, p.id, 'canary', FALSE FROM cases c JOIN people p ON p.firm_id = c.firm_id \
         WHERE c.id IN ({}) AND p.id IN ({}) ON CONFLICT DO NOTHING",
        list(cases),
        list(people)
    ))
    .await;
}

async fn walls(raw: &Raw, cases: &[String], people: &[String]) {
    for case in cases {
        for person in people {
            raw.run(&format!(
                "INSERT INTO ethical_walls (firm_id, id, case_id, person_id, reason, since) \
                 SELECT firm_id, '{}', '{case}', '{person}', 'canary', '2020-01-01 00:00:00' FROM cases WHERE id = '{case}' \
                 AND firm_id = (SELECT firm_id FROM people WHERE id = '{person}')",
                random(Tag::EthicalWall)
            ))
            .await;
        }
    }
}

/// `internalTitle` as a column: `internal_title`.
pub fn snake(name: &str) -> String {
    let mut text = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[test]
fn names_become_columns_and_tables() {
    assert_eq!(
        (snake("internalTitle"), snake("StrategyNote")),
        ("internal_title".into(), "strategy_note".into())
    );
    assert_eq!(turned(&["BAabcdefghijklmnopqrst9".to_owned()], 3), ["BAdefghijklmnopqrstabc9"]);
}
