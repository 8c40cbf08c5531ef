//! What a case has to be watched for.
use async_graphql::Value;
use diesel::{ExpressionMethods, Insertable};

use crate::{
    cases::{Case, cases},
    graph::{Enumeration, Here, cell},
    store::{self, Expr, all, exists},
};

crate::table! {
    case_risk_flags (firm_id, case_id, flag) {
        firm_id -> Text,
        case_id -> Text,
        flag -> Text,
    }
}

/// A flag to be set.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = case_risk_flags)]
#[allow(missing_docs, reason = "the table's columns, which the enum explains")]
pub struct NewRiskFlag {
    pub firm_id: String,
    pub case_id: String,
    pub flag: String,
}

crate::enumeration! {
    /// What a case has to be watched for.
    RiskFlag {
        /// A deadline that could be missed.
        Deadline = "DEADLINE",
        /// A conflict of interests.
        Conflict = "CONFLICT",
        /// Bills that may not be paid.
        Collection = "COLLECTION",
        /// More at stake than usual.
        Exposure = "EXPOSURE",
    }
}

/// For each flag, whether the case has it: they are few, so they need no list.
pub(super) fn flag_cells(case: &Here<'_, Case>) -> Vec<store::Cell> {
    let is_set = |flag: &RiskFlag| {
        let row = case.row::<case_risk_flags::table>();
        let is_this = all(vec![
            Expr::of(row.col(case_risk_flags::firm_id).eq(case.item.col(cases::firm_id))),
            Expr::of(row.col(case_risk_flags::case_id).eq(case.item.col(cases::id))),
            Expr::of(row.col(case_risk_flags::flag).eq(flag.word())),
        ]);
        cell(exists(row, is_this))
    };
    RiskFlag::ALL.iter().map(is_set).collect()
}

/// The flags that those cells say.
pub(super) fn flags(cells: &mut [store::Value]) -> Value {
    let set = cells.iter().zip(RiskFlag::ALL).filter(|(cell, _)| **cell == store::Value::Truth(true));
    Value::List(set.map(|(_, flag)| Value::from(flag.word())).collect())
}
