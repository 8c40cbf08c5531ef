//! What one request is charged, and how its answer tells of the budget.
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use super::Door;
use super::rates::{Budgets, Charged, Payer, Rate};
use crate::error::{Problem, Refusal};
use crate::viewer::{Account, Viewer};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// The headers that pages may read.
pub(super) const TOLD: [HeaderName; 3] = [POLICY, STATE, header::RETRY_AFTER];

/// The bill of one request, whatever it turns out to ask and whoever turns out to ask it.
pub(super) struct Bill {
    budgets: Arc<Budgets>,
    address: Payer,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// The budget that was charged last, and what came of it.
    last: Option<(Payer, Told)>,
    /// Whether the flat charge was the bearer's.
    is_known: bool,
    /// Who was charged what the operation costs, and how much: once, however often it is attempted.
    paid: Option<(Payer, Option<NonZeroU32>)>,
}

#[derive(Clone, Copy, Default)]
struct Told {
    left: u32,
    /// What this request was charged so far, which whoever repeats it pays again.
    spent: u32,
    /// Where there was not enough.
    wait: Option<u64>,
}

impl Bill {
    pub(super) fn of<H>(door: &Door<H>, extensions: &Extensions, headers: &HeaderMap) -> Arc<Self> {
        let caller = door.settings.proxies.caller(extensions, headers);
        Self::to(Arc::clone(&door.budgets), door.budgets.payer(caller))
    }

    fn to(budgets: Arc<Budgets>, address: Payer) -> Arc<Self> {
        Arc::new(Bill { budgets, address, entries: Mutex::default() })
    }

    /// A further one to the same address, for what is said over the same connection.
    pub(super) fn another(&self) -> Arc<Self> {
        Self::to(Arc::clone(&self.budgets), self.address.clone())
    }

    /// The flat charge, before anything is read: to whoever is known to bear the token, or else to the address.
    pub(super) fn admit(&self, known: Option<Account>) -> Result<(), Refusal> {
        self.entries().is_known = known.is_some();
        let payer = known.map_or_else(|| self.address.clone(), |account| Payer::of(&account));
        self.charge(payer, self.budgets.rates.request)
    }

    /// Whether it was known a moment ago who bears the token.
    pub(super) fn is_known(&self) -> bool {
        self.entries().is_known
    }

    /// Each further KiB of a request, before it is held or read: to who paid the flat charge.
    pub(super) fn weigh(&self, kibs: usize) -> Result<(), Refusal> {
        let kibs = u32::try_from(kibs).unwrap_or(u32::MAX);
        let Some(points) = NonZeroU32::new(self.budgets.rates.request.get().saturating_mul(kibs)) else {
            return Ok(());
        };
        let last = self.entries().last.as_ref().map(|(payer, _)| payer.clone());
        self.charge(last.unwrap_or_else(|| self.address.clone()), points)
    }

    /// Whose budget an operation of this viewer is charged to.
    pub(super) fn payer(&self, viewer: &Viewer) -> Payer {
        viewer.account.as_ref().map_or_else(|| self.address.clone(), Payer::of)
    }

    /// What the operation costs, and each selection of its document, to whoever asks.
    pub(super) fn pay(&self, viewer: &Viewer, cost: usize, selections: usize) -> Result<(), Refusal> {
        let payer = self.payer(viewer);
        if self.entries().paid.as_ref().is_some_and(|(paid, _)| *paid == payer) {
            return Ok(());
        }
        let of_selections =
            u32::try_from(selections).unwrap_or(u32::MAX).saturating_mul(self.budgets.rates.selection);
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        let points = NonZeroU32::new(cost.saturating_add(of_selections));
        if let Some(points) = points {
            self.charge(payer.clone(), points)?;
        }
        self.entries().paid = Some((payer, points));
        Ok(())
    }

    /// Charges the operation once more, for being read anew; or says how long to wait until there is enough for it.
    pub(super) fn pay_again(&self) -> Option<Duration> {
        let paid = self.entries().paid.clone();
        let (payer, points) = paid?;
        match self.budgets.charge(&payer, points?) {
            Charged::Left(_) => None,
            Charged::Wait { seconds } => Some(Duration::from_secs(seconds)),
        }
    }

    /// The token is worth nothing.
    pub(super) fn guessed(&self) {
        let guess = self.budgets.rates.guess;
        self.budgets.drain(&self.address, guess);
        if let Some((_, told)) = self.entries().last.as_mut().filter(|(payer, _)| *payer == self.address) {
            told.left = told.left.saturating_sub(guess);
        }
    }

    fn charge(&self, payer: Payer, points: NonZeroU32) -> Result<(), Refusal> {
        let mut entries = self.entries();
        let before = entries.last.take().filter(|(last, _)| *last == payer);
        let before = before.map(|(_, told)| told).unwrap_or_default();
        // What costs more than a full budget is charged that, with what was charged before.
        let rest = self.budgets.rate(&payer).burst.get().saturating_sub(before.spent);
        let points = points.min(NonZeroU32::new(rest).unwrap_or(NonZeroU32::MIN));
        let all = points.saturating_add(before.spent);
        let charged = match self.budgets.charge(&payer, points) {
            // There is less than these points, so this charges nothing, and says when there is enough for the whole request.
            Charged::Wait { .. } => self.budgets.charge(&payer, all),
            charged @ Charged::Left(_) => charged,
        };
        let (told, refused) = match charged {
            Charged::Left(left) => (Told { left, spent: all.get(), wait: None }, None),
            Charged::Wait { seconds } => (Told { wait: Some(seconds), ..before }, Some(limited(seconds))),
        };
        entries.last = Some((payer, told));
        refused.map_or(Ok(()), Err)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer with what it shall tell of the budget.
    pub(super) fn told(&self, mut response: Response) -> Response {
        let Some((payer, told)) = self.entries().last.clone() else { return response };
        let (name, Rate { per_second, burst }) = (payer.name(), self.budgets.rate(&payer));
        let window = burst.get().div_ceil(per_second.get());
        let full = u64::from(burst.get().saturating_sub(told.left).div_ceil(per_second.get()));
        let reset = told.wait.unwrap_or(full);
        let mut write = |header, text: String| {
            if let Ok(value) = HeaderValue::try_from(text) {
                response.headers_mut().insert(header, value);
            }
        };
        write(POLICY, format!("\"{name}\";q={burst};w={window}"));
        write(STATE, format!("\"{name}\";r={};t={reset}", told.left));
        if let Some(seconds) = told.wait {
            write(header::RETRY_AFTER, seconds.to_string());
        }
        response
    }
}

fn limited(seconds: u64) -> Refusal {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    Problem::RateLimited.because(format!("The budget is spent. Try again in {seconds} {unit}."))
}
