//! An invoice that is divided: each who pays reads what falls to him, the firm all of it, and once issued it stands.
use portico::{
    billing::{self, Declined},
    policy::Role,
};
use serde_json::{Value, json};

use super::{
    cast::{BILLING, CLIENT, Cast, FATHER, PARTNER, STAFF},
    nodes,
};
use crate::harness::{World, day, on_both_small};

async fn read(world: &World, who: (&str, Role)) -> (Value, Vec<String>) {
    let data = world
        .ask(who, "{ invoices { nodes { total { amount } shares { amount { amount } } } } }")
        .await
        .data();
    let invoice = nodes(&data, "invoices")[0].clone();
    let shares = invoice["shares"].as_array().unwrap().iter();
    let mut shares: Vec<String> =
        shares.map(|s| s["amount"]["amount"].as_str().unwrap().to_owned()).collect();
    shares.sort();
    (invoice["total"]["amount"].clone(), shares)
}

#[test]
fn each_who_pays_reads_his_own_share_of_an_invoice_that_goes_whole_to_all() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = billing::draft(&mut t, cast.plain("1", 10_000)).await.unwrap();
        let at = (cast.firm.as_str(), id.as_str());
        let shares = vec![(cast.part.clone(), 7_500), (cast.partners_part.clone(), 2_500)];
        billing::divide(&mut t, at, vec![(cast.part.clone(), 10_000)]).await.unwrap();
        billing::divide(&mut t, at, shares).await.unwrap();
        cast.share(&mut t, &id, day(2026, 1, 5), None).await;
        t.commit().await.unwrap();
        for (who, shares) in [
            (CLIENT, vec!["75.00"]),
            (PARTNER, vec!["25.00"]),
            (FATHER, vec![]),
            (STAFF, vec!["25.00", "75.00"]),
            (BILLING, vec!["25.00", "75.00"]),
        ] {
            let (total, seen) = read(&world, who).await;
            assert_eq!(
                (total, seen),
                (json!("100.00"), shares.into_iter().map(str::to_owned).collect()),
                "{who:?}"
            );
        }
        let named = "{ invoices { nodes { shares { payer { email } } } } }";
        let shares = world.ask(BILLING, named).await.data()["invoices"]["nodes"][0]["shares"].clone();
        let payers = |email: &str| shares.as_array().unwrap().iter().any(|s| s["payer"]["email"] == email);
        assert!(payers(PARTNER.0) && payers(CLIENT.0), "{shares}");
        assert_eq!(world.ask(PARTNER, named).await.status, 400);
    });
}

#[test]
fn an_invoice_is_divided_whole_among_its_own_case_and_before_it_is_issued() {
    on_both_small(async |world| {
        let cast = Cast::of(&world).await;
        let mut t = world.store.unscoped("a test writes").begin().await.unwrap();
        let id = billing::draft(&mut t, cast.plain("1", 10_000)).await.unwrap();
        let at = (cast.firm.as_str(), id.as_str());
        let (one, other) = (cast.part.clone(), cast.partners_part.clone());
        let divide = async |t: &mut _, shares: &[(&String, i64)]| {
            billing::divide(t, at, shares.iter().map(|(part, amount)| ((*part).clone(), *amount)).collect())
                .await
        };
        let stranger = "nobody of this case".to_owned();
        assert!(matches!(divide(&mut t, &[(&one, 9_999)]).await, Err(Declined::Exceeds(_))));
        assert!(matches!(divide(&mut t, &[(&one, 10_001), (&other, -1)]).await, Err(Declined::OutOfRange)));
        assert!(matches!(
            divide(&mut t, &[(&one, 5_000), (&stranger, 5_000)]).await,
            Err(Declined::NotPermitted(_))
        ));
        assert!(matches!(
            divide(&mut t, &[(&one, 5_000), (&one, 5_000)]).await,
            Err(Declined::NotPermitted(_))
        ));
        billing::issue(&mut t, at, day(2026, 1, 5), None).await.unwrap();
        assert!(matches!(divide(&mut t, &[(&one, 10_000)]).await, Err(Declined::NotPermitted(_))));
        t.roll_back().await.unwrap();
    });
}
