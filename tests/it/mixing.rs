//! Many viewers at once: each is answered as if nobody else asked.
use futures_util::StreamExt as _;
use portico::policy::Role;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use serde_json::Value;

use crate::{
    cast::Cast,
    drawing::{Drawing, Finds, body},
    harness::on_both,
    walking::Walk,
};

/// Documents of each role, and how often each is asked in the crowd.
const DOCUMENTS: usize = 8;
const TIMES: usize = 8;
/// Requests under way at once.
const ABREAST: usize = 64;

#[test]
fn a_viewer_is_answered_in_a_crowd_as_alone() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        // What tells the time says the same to all.
        world.is(crate::harness::today());
        let seed: u64 = rand::rng().random();
        let mut random = StdRng::seed_from_u64(seed);
        let mut asked: Vec<(Role, Value, String)> = Vec::new();
        for role in Role::ALL {
            let mut finds = Finds::default();
            for _ in 0..DOCUMENTS {
                let picks = Drawing::new(cast.model(role), &finds, &mut random).request();
                let alone = cast.ask(&world, role, &body(&picks)).await;
                if alone.status == 200 && alone.json().get("errors").is_none() {
                    Walk::new(cast.model(role), &mut finds).root(&picks, &alone.data());
                }
                asked.push((role, body(&picks), alone.body));
            }
        }
        // The very same document for everybody: what differs is who asks.
        let same = serde_json::json!({ "query": "{ cases { nodes { id reference } } viewer { role person { id name } } }" });
        for role in Role::ALL {
            asked.push((role, same.clone(), cast.ask(&world, role, &same).await.body));
        }
        let mut crowd: Vec<_> = asked.iter().cycle().take(asked.len() * TIMES).collect();
        crowd.shuffle(&mut random);
        let count = crowd.len();
        let answers = crowd.into_iter().map(|(role, request, alone)| {
            let cast = &cast;
            let world = &world;
            async move {
                let answer = cast.ask(world, *role, request).await;
                assert_eq!(&answer.body, alone, "{role}, seed {seed}: {request}");
            }
        });
        futures_util::stream::iter(answers).buffer_unordered(ABREAST).collect::<Vec<()>>().await;
        println!("{:?}: {count} requests in a crowd", world.engine);
        assert!(count >= 500);
    });
}
