//! What a firm keeps to itself: tasks, notes, letters to the other side, records of third parties, walls. Never shared.
//!
//! None of it has a release, so there is nothing by which a client could come to see it. Co-counsel and experts may be
//! granted single letters and records, each by a row in `item_grants`.
mod adverse;
mod letter;
mod note;
mod record;
mod risk;
mod settlement;
mod task;
mod wall;

pub use adverse::{AdverseParty, NewAdverseParty, adverse_parties};
pub use letter::{Correspondence, CorrespondenceFilter, Direction, NewCorrespondence, correspondence};
pub use note::{NewStrategyNote, StrategyNote, strategy_notes};
pub use record::{NewThirdPartyRecord, ThirdPartyKind, ThirdPartyRecord, third_party_records};
pub use risk::{NewRiskFlag, RiskFlag, case_risk_flags};
pub use settlement::{MoneyRange, SettlementOffer};
pub use task::{
    ChecklistItem, NewChecklistItem, NewTask, Task, TaskFilter, TaskOrder, checklist_items, tasks,
};
pub use wall::EthicalWall;

use diesel::ExpressionMethods;

use crate::{
    cases::{Case, cases, ethical_walls},
    graph::{Describe, Query, cell},
    store::{Expr, all, always},
};

/// What hangs on a case and is reached through it.
pub fn of_case(ty: &mut Describe<Case>) {
    ty.made::<Vec<RiskFlag>>("riskFlags", "What it has to be watched for.", risk::flag_cells, risk::flags);
    ty.composite::<MoneyRange>("settlementRange", "For how much it might end.", |c| {
        vec![
            cell(c.item.col(cases::settlement_low)),
            cell(c.item.col(cases::settlement_currency)),
            cell(c.item.col(cases::settlement_high)),
            cell(c.item.col(cases::settlement_currency)),
        ]
    })
    .nullable();
    ty.list::<AdverseParty>("adverseParties", "Who stands on the other side.", |c, a| {
        all(vec![
            Expr::of(a.item.col(adverse_parties::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(a.item.col(adverse_parties::case_id).eq(c.item.col(cases::id))),
        ])
    });
    ty.list::<EthicalWall>("walls", "Who of the firm is kept away from it.", |c, w| {
        all(vec![
            Expr::of(w.item.col(ethical_walls::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(w.item.col(ethical_walls::case_id).eq(c.item.col(cases::id))),
        ])
    })
    .within_case();
    ty.connection::<StrategyNote>("strategyNotes", "Notes on how to go about it.", |c, n| {
        all(vec![
            Expr::of(n.item.col(strategy_notes::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(n.item.col(strategy_notes::case_id).eq(c.item.col(cases::id))),
        ])
    })
    .within_case();
    ty.connection::<Correspondence>("correspondence", "Letters to and from the other side.", |c, l| {
        all(vec![
            Expr::of(l.item.col(correspondence::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(l.item.col(correspondence::case_id).eq(c.item.col(cases::id))),
        ])
    })
    .within_case()
    .narrowed("filter", "Only such.", CorrespondenceFilter::conditions);
    ty.connection::<ThirdPartyRecord>("thirdPartyRecords", "Records of others than the client.", |c, r| {
        all(vec![
            Expr::of(r.item.col(third_party_records::firm_id).eq(c.item.col(cases::firm_id))),
            Expr::of(r.item.col(third_party_records::case_id).eq(c.item.col(cases::id))),
        ])
    })
    .within_case();
}

/// The roots of this room.
pub fn roots(query: &mut Describe<Query>) {
    query
        .connection::<Task>("tasks", "The firm's work items in all the viewer's cases.", |_, _| always())
        .narrowed("filter", "Only such.", TaskFilter::conditions)
        .ordered::<TaskOrder>();
    query
        .connection::<Correspondence>(
            "correspondence",
            "Letters to and from the other side in all the viewer's cases.",
            |_, _| always(),
        )
        .narrowed("filter", "Only such.", CorrespondenceFilter::conditions);
}
