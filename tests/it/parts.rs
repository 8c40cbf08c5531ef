//! Parts in cases: each opens its own case, to its own person, in its own role and time, whatever else that person has.
use portico::{
    id::{Tag, random},
    policy::Role,
};

use crate::{
    cast::Cast,
    harness::{World, on_both},
    raw::Raw,
};

/// A second part of a client who has one already: what it says, and whether it opens its case to her as a client.
const PARTS: &[(&str, [&str; 4], bool)] = &[
    ("in force", ["CLIENT", "ACTIVE", "2020-01-01 00:00:00", "2090-01-01 00:00:00"], true),
    ("in another role", ["BILL_PAYER", "ACTIVE", "2020-01-01 00:00:00", "2090-01-01 00:00:00"], false),
    ("to come", ["CLIENT", "ACTIVE", "2080-01-01 00:00:00", "2090-01-01 00:00:00"], false),
    ("over", ["CLIENT", "ACTIVE", "2020-01-01 00:00:00", "2021-01-01 00:00:00"], false),
    ("suspended", ["CLIENT", "SUSPENDED", "2020-01-01 00:00:00", "2090-01-01 00:00:00"], false),
    ("ended", ["CLIENT", "ENDED", "2020-01-01 00:00:00", "2090-01-01 00:00:00"], false),
    ("invited", ["CLIENT", "INVITED", "2020-01-01 00:00:00", "2090-01-01 00:00:00"], false),
];

#[test]
fn a_part_opens_its_own_case_in_its_own_role_and_time() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        let email = &cast.people[&Role::Client];
        let hers = format!("SELECT id FROM people WHERE email = '{email}'");
        // A case of the firm, in the portal, in which she has no part, and a milestone of it that clients read.
        let other = raw
            .texts(&format!(
                "SELECT m.firm_id || '|' || m.case_id || '|' || m.id AS text FROM milestones m \
                 JOIN milestone_releases r ON r.milestone_id = m.id JOIN case_releases c ON c.case_id = m.case_id \
                 WHERE CURRENT_TIMESTAMP BETWEEN r.released_from AND r.released_until AND r.audience = 'CLIENTS' \
                 AND CURRENT_TIMESTAMP BETWEEN c.released_from AND c.released_until AND c.audience = 'CLIENTS' \
                 AND m.firm_id IN (SELECT firm_id FROM people WHERE email = '{email}') \
                 AND m.case_id NOT IN (SELECT case_id FROM participants WHERE person_id IN ({hers})) ORDER BY m.id"
            ))
            .await;
        let other: Vec<&str> = other.first().expect("another case").split('|').collect();
        let [firm, case, milestone] = other[..] else { panic!("{other:?}") };
        assert_eq!(there(&world, email, &[case, milestone]).await, [false, false], "no part");
        for (name, [role, state, from, until], opens) in PARTS {
            let id = random(Tag::Participant);
            raw.run(&format!(
                "INSERT INTO participants (firm_id, id, case_id, person_id, role, state, has_status, has_calendar, \
                 has_documents, has_billing, has_messages, active_from, active_until) SELECT '{firm}', '{id}', '{case}', \
                 id, '{role}', '{state}', TRUE, TRUE, TRUE, TRUE, TRUE, '{from}', '{until}' FROM people WHERE id IN ({hers})"
            ))
            .await;
            assert_eq!(there(&world, email, &[case, milestone]).await, [*opens, *opens], "{name}");
            raw.run(&format!("DELETE FROM participants WHERE id = '{id}'")).await;
        }
    });
}

#[test]
fn whoever_is_named_in_a_release_reads_that_one_alone() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        let raw = Raw::open(&world.database).await;
        let email = &cast.people[&Role::Client];
        let open = raw
            .texts(&format!(
                "SELECT r.id || '|' || r.milestone_id || '|' || p.id AS text FROM milestone_releases r \
                 JOIN milestones m ON m.id = r.milestone_id JOIN participants p ON p.case_id = m.case_id \
                 JOIN people h ON h.id = p.person_id WHERE h.email = '{email}' AND p.role = 'CLIENT' AND p.has_status \
                 AND CURRENT_TIMESTAMP BETWEEN r.released_from AND r.released_until AND r.audience = 'CLIENTS' ORDER BY r.id"
            ))
            .await;
        let open: Vec<Vec<&str>> = open.iter().map(|line| line.split('|').collect()).collect();
        let [one, other, ..] = &open[..] else { panic!("two milestones are released: {open:?}") };
        let milestones = [one[1], other[1]];
        assert_eq!(there(&world, email, &milestones).await, [true, true], "to all clients");
        raw.sleep().await;
        raw.run(&format!(
            "UPDATE milestone_releases SET audience = 'NAMED' WHERE id IN ('{}', '{}')",
            one[0], other[0]
        ))
        .await;
        assert_eq!(there(&world, email, &milestones).await, [false, false], "to nobody");
        raw.run(&format!(
            "INSERT INTO milestone_release_audiences (firm_id, release_id, participant_id) \
             SELECT firm_id, id, '{}' FROM milestone_releases WHERE id = '{}'",
            one[2], one[0]
        ))
        .await;
        assert_eq!(there(&world, email, &milestones).await, [true, false], "to her, by name, in one");
    });
}

/// Whether a client finds each of the ids.
async fn there(world: &World, email: &str, ids: &[&str]) -> Vec<bool> {
    let query = format!("{{ nodes(ids: {ids:?}) {{ id }} }}");
    let nodes = world.ask((email, Role::Client), &query).await.data()["nodes"].clone();
    nodes.as_array().unwrap().iter().map(|node| !node.is_null()).collect()
}
