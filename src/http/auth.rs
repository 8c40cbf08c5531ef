//! Who knocks: the bearer token, the acting role and the instant of the request.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use chrono::{DateTime, SubsecRound as _, Utc};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{Door, House, bill::Bill, limits::Limits, origin::foreign};
use crate::error::{Problem, Refusal};
use crate::policy::Role;
use crate::store::Premise;
use crate::telemetry::export;
use crate::viewer::Viewer;

/// The header that names the acting role, for people who hold several.
pub const ROLE: HeaderName = HeaderName::from_static("portico-role");

/// More than any token of ours, and than what issuers sign for a person; a longer one costs no look-up.
const TOKEN_BYTES: usize = 8192;

/// What a request says of who sent it, and when it came.
pub(super) struct Asker {
    /// Both are refused when they are looked at, so that a request with what is none pays like any.
    token: Result<Option<String>, Refusal>,
    role: Result<Option<Role>, Refusal>,
    at: DateTime<Utc>,
    since: Instant,
    pub(super) bill: Arc<Bill>,
    /// The origin of the page that sent it, if it is not our own.
    pub(super) origin: Option<HeaderValue>,
}

impl Asker {
    pub(super) fn of(headers: &HeaderMap, bill: &Arc<Bill>) -> Self {
        Asker {
            token: token(headers).map(|token| token.map(str::to_owned)),
            role: role(headers),
            at: now(),
            since: Instant::now(),
            bill: Arc::clone(bill),
            origin: foreign(headers),
        }
    }

    /// Who it was when the token was last asked about; the premise says whether that held.
    pub(super) fn remembered<H: House>(&self, house: &H) -> Option<(Viewer, Arc<Premise>)> {
        let viewer = house.remembered(self.token()?, *self.role.as_ref().ok()?, self.at)?;
        let premise = Arc::clone(viewer.premise.as_ref()?);
        Some((viewer, premise))
    }

    fn token(&self) -> Option<&str> {
        self.token.as_ref().ok()?.as_deref()
    }

    /// Who it is. A token that is worth nothing was a guess.
    pub(super) async fn viewer<H: House>(&self, door: &Door<H>) -> Result<Viewer, Refusal> {
        let viewer = self.looked_up(door).await;
        if viewer.as_ref().is_err_and(|refusal| refusal.problem() == Problem::Unauthenticated) {
            self.bill.guessed();
        }
        viewer
    }

    /// Who it is.
    pub(super) async fn looked_up<H: House>(&self, door: &Door<H>) -> Result<Viewer, Refusal> {
        let until = self.until(&door.settings.limits.general);
        let (token, role) = (self.token.clone()?, self.role.clone()?);
        let viewer = door.house.viewer(token.as_deref(), role, self.at).instrument(export::viewer());
        Ok(tokio::time::timeout_at(until, viewer).await.map_err(|_| Problem::Timeout)??)
    }

    /// Charges what every request costs, before it is read.
    pub(super) fn admitted<H: House>(&self, house: &H) -> Result<(), Refusal> {
        self.bill.admit(self.token().and_then(|token| house.known(token, self.at)))?;
        if let Err(refusal) = &self.token {
            self.bill.guessed();
            return Err(refusal.clone());
        }
        self.role.clone().map(|_| ())
    }

    /// Charges what is asked for.
    pub(super) fn pay(&self, viewer: &Viewer, cost: usize, selections: usize) -> Result<(), Refusal> {
        self.bill.pay(viewer, cost, selections)
    }

    /// From now on is what it has to be answered in.
    pub(super) fn read(self) -> Self {
        Asker { since: Instant::now(), at: now(), ..self }
    }

    /// Until when it must be answered: one budget for all that the request needs.
    pub(super) fn until(&self, limits: &Limits) -> Instant {
        self.since + Duration::from_secs(limits.answer_seconds)
    }
}

/// The token of `Authorization: Bearer`, none without the header.
///
/// Whatever is not exactly one bearer token is refused rather than ignored: a caller who meant to sign in must not
/// silently be answered as nobody.
pub fn token(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::Unauthenticated.because("Send the header Authorization once."));
    }
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Problem::Unauthenticated)?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || !is_token(token) {
        return Err(Problem::Unauthenticated.into());
    }
    Ok(Some(token))
}

/// RFC 6750's b64token.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && text.len() <= TOKEN_BYTES && body.bytes().all(fits)
}

/// The role of `Portico-Role`, none without the header. Whether it is held, the house decides.
pub fn role(headers: &HeaderMap) -> Result<Option<Role>, Refusal> {
    let mut values = headers.get_all(ROLE).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::BadRole.into());
    }
    let role = value.to_str().ok().and_then(|name| name.parse().ok()).ok_or(Problem::BadRole)?;
    Ok(Some(role))
}

/// The instant of a request: read once, here, and carried in the viewer.
#[allow(clippy::disallowed_methods, reason = "the one place where requests read the clock")]
pub fn now() -> DateTime<Utc> {
    // To the microsecond, which is all that PostgreSQL keeps, so that both engines judge alike.
    Utc::now().trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn nobody_without_the_header() {
        assert_eq!(token(&HeaderMap::new()).unwrap(), None);
        assert_eq!(role(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn scheme_is_read_in_any_case() {
        for text in ["Bearer a.b-c_~+/==", "bearer a.b-c_~+/==", "BEARER  a.b-c_~+/=="] {
            assert_eq!(token(&headers(&header::AUTHORIZATION, &[text])).unwrap(), Some("a.b-c_~+/=="));
        }
    }

    #[test]
    fn whatever_is_no_bearer_token_is_refused() {
        let long = format!("Bearer {}", "a".repeat(TOKEN_BYTES + 1));
        for texts in [
            &["Basic YTpi"][..],
            &["Bearer"],
            &["Bearer "],
            &["Bearer ="],
            &["Bearer a b"],
            &["Bearer a,b"],
            &["Bearer a", "Bearer a"],
            &["abc"],
            &[""],
            &["Bearer a\tb"],
            &[&long],
        ] {
            let refusal = token(&headers(&header::AUTHORIZATION, texts)).unwrap_err();
            assert_eq!(refusal.problem(), Problem::Unauthenticated, "{texts:?}");
        }
    }

    #[test]
    fn role_is_one_exact_name() {
        assert_eq!(role(&headers(&ROLE, &["client"])).unwrap(), Some(Role::Client));
        for texts in [
            &["Client"][..],
            &["client "],
            &["client,attorney"],
            &["role:client"],
            &[""],
            &["client", "client"],
        ] {
            assert_eq!(role(&headers(&ROLE, texts)).unwrap_err().problem(), Problem::BadRole, "{texts:?}");
        }
    }
}
