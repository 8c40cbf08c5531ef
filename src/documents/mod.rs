//! Documents: the papers of a case, what clients are told of them, and the gates that a paper must pass.
//!
//! * **Document**: internal by default. Its label and explanation are wording and stand on a release, which pins one
//!   **version** of the file; its filing status, days and court entry are facts and stand on the document.
//! * **Gate**: what keeps a paper from clients whatever somebody approves. [`release`] asks all of them, and a row's
//!   scope asks again at every read, since a paper may be sealed after it was shared.
//! * **Override**: an attorney's decision against a gate that can be overridden, with its reason.
//!
//! A release of a document is approved by [`release`] and by nothing else.
mod chosen;
mod document;
mod gates;
mod kinds;
mod release;
mod seal;

pub use chosen::{DocumentFilter, DocumentOrder};
pub use document::{Document, NewDocument, NewVersion, document_releases, document_versions, documents};
pub use gates::{Bar, Gate};
pub use kinds::{DocumentKind, DocumentOrigin, FilingStatus, Privilege, ProtectiveOrder, Sealing};
pub use release::{NewOverride, Told, Unreleased, overrule, release};
pub use seal::Seal;

use diesel::ExpressionMethods;

use crate::{
    cases::{Case, cases},
    graph::{Describe, DescribedRelation, Query},
    store::{Expr, all, always},
};

/// The roots of this room.
pub fn roots(query: &mut Describe<Query>) {
    narrowed(
        query.connection::<Document>("documents", "The papers of all the viewer's cases.", |_, _| always()),
    );
}

/// What hangs on a case and is reached through it.
pub fn of_case(ty: &mut Describe<Case>) {
    let papers = ty.connection::<Document>("documents", "Its papers.", |c, d| {
        all(vec![
            Expr::of(d.item.col(documents::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(d.item.col(documents::case_id).eq(c.item.col(cases::id))),
        ])
    });
    narrowed(papers.within_case());
}

/// The arguments that narrow and order documents.
fn narrowed(documents: DescribedRelation<'_, Document>) {
    documents.narrowed("filter", "Only such.", DocumentFilter::conditions).ordered::<DocumentOrder>();
}
