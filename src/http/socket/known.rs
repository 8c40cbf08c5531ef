//! Who is at the other end of a socket, from the first message on, and whether that still holds.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::super::auth::Asker;
use super::super::bill::Bill;
use super::super::origin::permitted;
use super::super::stream::{Open, ends_caller, opened};
use super::super::{Door, House};
use super::Close;
use crate::error::Refusal;
use crate::viewer::Viewer;

/// Who it is.
pub(super) struct Known {
    /// In which it was said, with the page's; each operation is asked in the name of whoever they stand for then.
    pub(super) headers: HeaderMap,
    first: Viewer,
    policy: Arc<str>,
    /// The place among the person's sockets.
    _open: Open,
}

impl Known {
    /// Who says so in these headers. Without a token there is nothing to listen to, so nobody's socket stays open.
    pub(super) async fn of<H: House>(
        door: &Door<H>,
        headers: HeaderMap,
        bill: &Arc<Bill>,
    ) -> Result<Self, Close> {
        if !headers.contains_key(header::AUTHORIZATION) {
            return Err(Close::Forbidden);
        }
        let policy = door.house.policy_hash();
        let asker = Asker::of(&headers, bill);
        let first = asker.viewer(door).await.map_err(|refusal| refused(&refusal))?;
        let permitted = permitted(door, asker.origin.as_ref(), &first).await;
        permitted.map_err(|problem| refused(&problem.into()))?;
        let most = door.settings.limits.asking(&first).streams;
        let open = opened(&door.streams, &first, 1, most).map_err(|_| Close::TooMany)?;
        Ok(Known { headers, first, policy, _open: open })
    }

    /// Whether the policy is the one that it was acknowledged under.
    pub(super) fn is_under<H: House>(&self, door: &Door<H>) -> bool {
        Arc::ptr_eq(&door.house.policy_hash(), &self.policy)
    }

    /// Whether the token still stands for whom it stood; that nobody can tell for the moment is no reason to close.
    pub(super) async fn is_still<H: House>(&self, door: &Door<H>, bill: &Arc<Bill>) -> bool {
        match Asker::of(&self.headers, bill).looked_up(door).await {
            Ok(now) => now.acts_as(&self.first),
            Err(refusal) => !ends_caller(refusal.problem()),
        }
    }
}

/// Why a socket is closed whose token was refused; what is no refusal is the service's own trouble.
fn refused(refusal: &Refusal) -> Close {
    match refusal.problem().status().as_u16() {
        401 | 403 | 400 => Close::Forbidden,
        _ => Close::Stopping,
    }
}
