//! Cases: what a client and the firm share, step by step, and who may reach a case at all.
//!
//! * **Case**: internal by default; in the portal while its release is open.
//! * **Milestone**: a step in plain words; clients read its release, staff the item.
//! * **Change**: what is told of a case that is followed, in `change`.
//! * **Access**: what every row that hangs on a case must fulfil, in `access`.
mod access;
mod case;
mod change;
mod court;
mod milestone;
mod team;
mod touch;

pub use access::{
    NewItemGrant, NewWall, Section, ethical_walls, fence, granted_at, has_grant, is_active_participation,
    is_granted_to_viewer, is_in_force, is_on_staff, is_reached, item_grants,
};
pub use case::{
    Case, CaseStatus, CaseWording, NewCase, NewStage, NewStageWord, case_releases, case_stages, cases,
    stage_words,
};
pub use change::{CaseChange, followed};
pub use court::Court;
pub use milestone::{Milestone, MilestoneWording, NewMilestone, Precision, milestone_releases, milestones};
pub use team::{NewStaff, TeamMember, case_staff};
pub use touch::{touch, touch_all};

use diesel::ExpressionMethods;

use crate::{
    graph::{Describe, Query},
    id::{self, Tag},
    store::{Expr, always},
};

/// The roots of this room.
pub fn roots(query: &mut Describe<Query>) {
    query.found::<Case, async_graphql::ID>(
        "case",
        "The case, or null where there is none.",
        ("id", "The case's id."),
        |id, case| (id::tag(&id) == Some(Tag::Case)).then(|| Expr::of(case.item.col(cases::id).eq(id.0))),
    );
    case::narrowed(query.connection::<Case>("cases", "The viewer's cases.", |_, _| always()));
}
