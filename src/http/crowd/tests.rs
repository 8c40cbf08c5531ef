//! Who gets a place, and who leaves for whom.

use super::*;

fn crowd(open: usize, of_address: usize) -> Crowd {
    let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], ..Proxies::default() };
    Crowd::of(Connections { open, of_address }, proxies, None)
}

async fn place(crowd: &Crowd, address: &str) -> Option<Place> {
    crowd.place(address.parse().unwrap()).await
}

async fn busy(crowd: &Crowd, address: &str) -> Place {
    let place = place(crowd, address).await.expect("there is room");
    place.stands(Standing::Waits);
    place
}

#[tokio::test]
async fn an_address_has_its_share_and_no_more() {
    let crowd = crowd(100, 2);
    let place = async |address: &str| place(&crowd, address).await;
    let one = place("192.0.2.1").await;
    let two = place("::ffff:192.0.2.1").await;
    assert!(one.is_some() && two.is_some() && place("192.0.2.1").await.is_none());
    assert!(place("192.0.2.2").await.is_some(), "another has room");
    let sites = (place("2001:db8::1").await, place("2001:db8:0:ff::2").await);
    assert!(sites.0.is_some() && sites.1.is_some() && place("2001:db8::3").await.is_none());
    assert!(place("2001:db8:0:100::1").await.is_some(), "the next site");
    let proxy = [place("10.0.0.1").await, place("10.0.0.1").await, place("10.0.0.1").await];
    assert!(proxy.iter().all(Option::is_some));
    drop(one);
    assert!(place("192.0.2.1").await.is_some());
    drop((two, sites, proxy));
    assert!(crowd.seats.locked().is_empty() && crowd.room.available_permits() == 100);
}

/// Somebody comes from this address; who is told to leave leaves.
async fn let_in(crowd: &Crowd, address: &str, places: &mut Vec<(&'static str, Place)>) -> Option<Place> {
    let mut comes = Box::pin(place(crowd, address));
    loop {
        if let Ok(place) = timeout(OWN / 5, comes.as_mut()).await {
            return place;
        }
        let mut left = Vec::new();
        for (name, place) in places.drain(..) {
            if !place.is_told() {
                left.push((name, place));
            }
        }
        *places = left;
    }
}

#[tokio::test]
async fn who_leaves_is_of_the_address_that_has_the_most_and_was_idle_longest() {
    let crowd = crowd(6, 9);
    let mut places = Vec::new();
    for (name, address) in [
        ("proxy's", "10.0.0.1"),
        ("other's", "192.0.2.9"),
        ("first", "192.0.2.1"),
        ("second", "192.0.2.1"),
        ("third", "192.0.2.1"),
        ("fourth", "192.0.2.1"),
    ] {
        let place = place(&crowd, address).await.unwrap();
        place.stands(Standing::Idle);
        places.push((name, place));
    }
    let find = |places: &Vec<(&'static str, Place)>, name: &str| {
        places.iter().position(|(its, _)| *its == name).unwrap()
    };
    places[find(&places, "first")].1.stands(Standing::Waits);
    places[find(&places, "third")].1.stands(Standing::Idle);
    let names =
        |places: &Vec<(&'static str, Place)>| -> Vec<_> { places.iter().map(|(name, _)| *name).collect() };
    let new = let_in(&crowd, "192.0.2.7", &mut places).await.expect("there is room");
    new.stands(Standing::Waits);
    assert_eq!(names(&places), ["proxy's", "other's", "first", "third", "fourth"]);
    // His own address has the most: he has its place and nobody else's.
    let own = let_in(&crowd, "192.0.2.1", &mut places).await.expect("there is room");
    own.stands(Standing::Waits);
    assert_eq!(names(&places), ["proxy's", "other's", "first", "third"]);
    places[find(&places, "third")].1.stands(Standing::Waits);
    assert!(let_in(&crowd, "192.0.2.1", &mut places).await.is_none(), "others have less and keep it");
    assert_eq!(names(&places), ["proxy's", "other's", "first", "third"]);
    let last = let_in(&crowd, "192.0.2.8", &mut places).await;
    // All of the address that has the most are busy: one of these leaves when it is answered.
    assert!(last.is_some() && names(&places).starts_with(&["proxy's", "other's"]) && places.len() < 4);
}

#[tokio::test]
async fn where_all_are_busy_one_leaves_of_the_address_that_has_the_most_and_of_no_other() {
    let crowd = crowd(4, 9);
    let mut places = Vec::new();
    for (name, address) in [("one", "192.0.2.1"), ("two", "192.0.2.1"), ("other", "192.0.2.2")] {
        places.push((name, busy(&crowd, address).await));
    }
    places.push(("idle", place(&crowd, "192.0.2.3").await.unwrap()));
    assert!(place(&crowd, "192.0.2.1").await.is_none(), "he has the most");
    let new = let_in(&crowd, "192.0.2.4", &mut places).await;
    assert!(new.is_some() && places.len() == 3, "the first who waits has his answer, and leaves");
    assert!(places.iter().any(|(name, _)| *name == "idle"), "who has but one keeps it");
    new.unwrap().stands(Standing::Waits);
}

#[tokio::test]
async fn who_is_told_leaves_whatever_he_begins_then() {
    let crowd = crowd(1, 9);
    let only = busy(&crowd, "192.0.2.1").await;
    only.stands(Standing::GoesOn);
    let mut comes = Box::pin(place(&crowd, "192.0.2.2"));
    assert!(timeout(NEXT / 4, comes.as_mut()).await.is_err());
    assert!(only.is_told(), "what goes on may go on anew");
    for standing in [Standing::Waits, Standing::Idle, Standing::GoesOn] {
        only.stands(standing);
        assert!(only.is_told(), "{standing:?}");
    }
    drop(only);
    assert!(comes.await.is_some());
}

#[tokio::test]
async fn others_are_spared_while_those_leave_who_have_more() {
    let crowd = crowd(4, 9);
    let (one, two) = (busy(&crowd, "192.0.2.1").await, busy(&crowd, "192.0.2.1").await);
    let other = place(&crowd, "192.0.2.3").await.unwrap();
    other.stands(Standing::Idle);
    let _fourth = busy(&crowd, "192.0.2.4").await;
    let mut comes = Box::pin(place(&crowd, "192.0.2.2"));
    assert!(timeout(TAKING * 9 / 10, comes.as_mut()).await.is_err());
    assert!(one.is_told() && two.is_told() && !other.is_told(), "they have their time");
    assert!(timeout(TAKING / 5, comes.as_mut()).await.is_err());
    assert!(other.is_told(), "and have had it");
    drop(other);
    assert!(comes.await.is_some());
}

#[tokio::test]
async fn who_has_just_come_is_told_behind_those_who_have_nothing_to_ask() {
    let crowd = crowd(3, 9);
    let just = place(&crowd, "192.0.2.1").await.unwrap();
    let idle = place(&crowd, "192.0.2.2").await.unwrap();
    idle.stands(Standing::Waits);
    idle.stands(Standing::Idle);
    let follows = place(&crowd, "192.0.2.3").await.unwrap();
    follows.stands(Standing::GoesOn);
    let mut comes = Box::pin(place(&crowd, "192.0.2.4"));
    assert!(timeout(NEXT / 4, comes.as_mut()).await.is_err());
    assert!(idle.is_told() && !just.is_told() && !follows.is_told());
    drop(idle);
    assert!(comes.await.is_some());
}

#[tokio::test]
async fn behind_a_proxy_nobody_is_told_who_waits() {
    let crowd = crowd(1, 9);
    let only = busy(&crowd, "10.0.0.1").await;
    let mut waits = Box::pin(place(&crowd, "10.0.0.1"));
    assert!(timeout(NEXT * 3, waits.as_mut()).await.is_err() && !only.is_told());
    drop(only);
    assert!(waits.await.is_some());
}

#[tokio::test]
async fn who_has_less_than_others_waits_whoever_is_idle_elsewhere() {
    let crowd = crowd(4, 9);
    let proxy = place(&crowd, "10.0.0.1").await.unwrap();
    let one = (busy(&crowd, "192.0.2.1").await, busy(&crowd, "192.0.2.1").await);
    let _two = busy(&crowd, "192.0.2.2").await;
    let mut waits = Box::pin(place(&crowd, "192.0.2.2"));
    assert!(timeout(NEXT * 15, waits.as_mut()).await.is_err(), "he is not closed");
    assert!(one.0.is_told() && one.1.is_told() && !proxy.is_told());
    drop(one);
    assert!(waits.await.is_some());
}
