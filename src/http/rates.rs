//! How much a caller may ask in a while, counted in points: what an operation costs, and a flat charge before anything
//! is read, so that floods of whatever else are refused cheaply.
//!
//! Each person and each firm's server has a budget of its own, and so has each address for what comes without a token
//! or with one that nobody is remembered to bear; a token that turns out to be worth nothing is charged to the address
//! again, and dearly. A budget fills steadily. Budgets are this node's alone and live in memory: what is full again is
//! forgotten, and where there are too many addresses, they share.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use serde::Deserialize;

use super::peer::network;
use crate::viewer::Account;

/// How budgets are set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rates {
    /// Points of any request, whatever it asks, and of each further KiB of it, while it is read: what is held for a caller
    /// is bounded by his budget.
    pub request: NonZeroU32,
    /// Points of each selection within a document, besides what the operation costs: it may be a query within the
    /// statement, which is planned before any row is read.
    pub selection: u32,
    /// Further points of a request whose token is worth nothing, so that guessing is slow.
    pub guess: u32,
    /// The budget of a person.
    pub person: Rate,
    /// The budget of a firm's server.
    pub service: Rate,
    /// The budget of an address, of 64 bits where it is IPv6.
    pub address: Rate,
}

/// A budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Points that come back each second.
    pub per_second: NonZeroU32,
    /// Points of a full budget; what costs more than that is charged that.
    pub burst: NonZeroU32,
}

/// A number that is written here and is not zero.
pub(super) const fn nonzero(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl Default for Rates {
    /// A portal's home page costs some 2,300 points: a person may load 65 at once, and then two each second, all day. That is
    /// less than one hundredth of what two cores answer.
    fn default() -> Self {
        Rates {
            request: nonzero(10),
            selection: 20,
            guess: 500,
            person: Rate { per_second: nonzero(5_000), burst: nonzero(150_000) },
            service: Rate { per_second: nonzero(10_000), burst: nonzero(300_000) },
            address: Rate { per_second: nonzero(1_000), burst: nonzero(100_000) },
        }
    }
}

/// Whose budget is charged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Payer {
    /// A person, by firm and id.
    Person(String, String),
    /// A firm's server, likewise.
    Service(String, String),
    /// An address without its last 64 bits, where it has that many more.
    Address(u64),
    /// One of the addresses that share, when there are too many to remember.
    Crowd(u64),
}

impl Payer {
    pub(super) fn of(account: &Account) -> Self {
        let (firm, id) = (account.firm.clone(), account.person.clone());
        if account.is_service { Payer::Service(firm, id) } else { Payer::Person(firm, id) }
    }

    /// The budget's name in headers.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Payer::Person(..) => "person",
            Payer::Service(..) => "service",
            Payer::Address(_) | Payer::Crowd(_) => "address",
        }
    }
}

/// What is left after a charge, or how long to wait until there is enough for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charged {
    Left(u32),
    Wait { seconds: u64 },
}

type Budget = RateLimiter<Payer, DashMapStateStore<Payer>, DefaultClock, StateInformationMiddleware>;

/// All budgets of this node.
pub(super) struct Budgets {
    pub(super) rates: Rates,
    people: Budget,
    services: Budget,
    addresses: Budget,
    /// How they share is not to be foreseen.
    sharing: RandomState,
    is_crowded: AtomicBool,
    count: AtomicUsize,
}

/// Charges between two looks at what can be forgotten.
const ROUND: usize = 1_024;
/// Addresses that are remembered each by itself, at most; about 10 MB.
const MOST: usize = 100_000;
/// Budgets that all addresses share while there are more.
const SHARES: u64 = 4_096;

impl Budgets {
    pub(super) fn of(rates: &Rates) -> Arc<Self> {
        Arc::new(Budgets {
            people: budget(rates.person),
            services: budget(rates.service),
            addresses: budget(rates.address),
            rates: rates.clone(),
            sharing: RandomState::new(),
            is_crowded: AtomicBool::new(false),
            count: AtomicUsize::new(0),
        })
    }

    pub(super) fn rate(&self, payer: &Payer) -> Rate {
        match payer {
            Payer::Person(..) => self.rates.person,
            Payer::Service(..) => self.rates.service,
            Payer::Address(_) | Payer::Crowd(_) => self.rates.address,
        }
    }

    pub(super) fn payer(&self, address: IpAddr) -> Payer {
        let key = network(address);
        if self.is_crowded.load(Ordering::Relaxed) {
            Payer::Crowd(self.sharing.hash_one(key) % SHARES)
        } else {
            Payer::Address(key)
        }
    }

    /// Charges all of it, or nothing where there is not enough.
    pub(super) fn charge(&self, payer: &Payer, points: NonZeroU32) -> Charged {
        self.forget();
        let points = points.min(self.rate(payer).burst);
        let budget = self.budget(payer);
        match budget.check_key_n(payer, points) {
            Ok(Ok(left)) => Charged::Left(left.remaining_burst_capacity()),
            Ok(Err(until)) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                Charged::Wait { seconds: wait.as_secs().saturating_add(1) }
            }
            // A whole budget is never too much for it.
            Err(_) => Charged::Wait { seconds: 1 },
        }
    }

    /// Charges as much of it as there is.
    pub(super) fn drain(&self, payer: &Payer, points: u32) {
        let (mut owed, mut step) = (points, points);
        while let Some(some) = NonZeroU32::new(step.min(owed)) {
            match self.charge(payer, some) {
                Charged::Left(_) => owed -= some.get(),
                Charged::Wait { .. } => step /= 2,
            }
        }
    }

    fn budget(&self, payer: &Payer) -> &Budget {
        match payer {
            Payer::Person(..) => &self.people,
            Payer::Service(..) => &self.services,
            Payer::Address(_) | Payer::Crowd(_) => &self.addresses,
        }
    }

    /// Now and then forgets the budgets that are full again.
    fn forget(&self) {
        if !self.count.fetch_add(1, Ordering::Relaxed).is_multiple_of(ROUND) {
            return;
        }
        for budget in [&self.people, &self.services, &self.addresses] {
            budget.retain_recent();
            budget.shrink_to_fit();
        }
        self.is_crowded.store(self.addresses.len() > MOST, Ordering::Relaxed);
    }
}

fn budget(rate: Rate) -> Budget {
    let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
    RateLimiter::dashmap(quota).with_middleware()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Budgets of a hundred that hardly fill while a test runs.
    fn budgets() -> Arc<Budgets> {
        let rate = Rate { per_second: nonzero(1), burst: nonzero(100) };
        Budgets::of(&Rates { person: rate, service: rate, address: rate, ..Rates::default() })
    }

    fn person(id: &str) -> Payer {
        Payer::Person("firm".into(), id.into())
    }

    #[test]
    fn a_budget_is_spent_by_its_owner_alone() {
        let budgets = budgets();
        assert_eq!(budgets.charge(&person("a"), nonzero(60)), Charged::Left(40));
        assert_eq!(budgets.charge(&person("a"), nonzero(41)), Charged::Wait { seconds: 1 });
        assert_eq!(budgets.charge(&person("a"), nonzero(40)), Charged::Left(0));
        let Charged::Wait { seconds } = budgets.charge(&person("a"), nonzero(50)) else { panic!() };
        assert!((49..=51).contains(&seconds), "{seconds}");
        assert_eq!(budgets.charge(&person("b"), nonzero(60)), Charged::Left(40));
        let service = Payer::Service("firm".into(), "a".into());
        assert_eq!(budgets.charge(&service, nonzero(60)), Charged::Left(40));
    }

    #[test]
    fn what_costs_more_than_a_budget_takes_all_of_it() {
        let budgets = budgets();
        assert_eq!(budgets.charge(&person("a"), nonzero(5_000)), Charged::Left(0));
        assert!(matches!(budgets.charge(&person("a"), nonzero(5_000)), Charged::Wait { .. }));
    }

    #[test]
    fn a_debt_takes_what_is_left() {
        let budgets = budgets();
        budgets.charge(&person("a"), nonzero(30));
        budgets.drain(&person("a"), 500);
        assert!(matches!(budgets.charge(&person("a"), nonzero(3)), Charged::Wait { .. }));
        budgets.drain(&person("b"), 70);
        assert_eq!(budgets.charge(&person("b"), nonzero(30)), Charged::Left(0));
    }

    #[test]
    fn addresses_of_one_network_of_ipv6_share_and_others_do_not() {
        let budgets = budgets();
        let of = |text: &str| budgets.payer(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("198.51.100.1"), of("198.51.100.2"));
    }

    #[test]
    fn what_is_full_again_is_forgotten_and_a_crowd_shares() {
        let fast = Rate { per_second: nonzero(1_000_000), burst: nonzero(100) };
        let budgets = Budgets::of(&Rates { address: fast, ..Rates::default() });
        for number in 0..50_000 {
            budgets.charge(&Payer::Address(number), nonzero(1));
        }
        assert!(budgets.addresses.len() < 5_000, "{}", budgets.addresses.len());
        let budgets = self::budgets();
        for number in 0..1_000_000 {
            let address = budgets.payer(std::net::Ipv4Addr::from_bits(number).into());
            budgets.charge(&address, nonzero(100));
        }
        let most = MOST + ROUND + usize::try_from(SHARES).unwrap();
        assert!(budgets.addresses.len() <= most, "{}", budgets.addresses.len());
        assert_eq!(budgets.payer("198.51.100.1".parse().unwrap()).name(), "address");
    }
}
