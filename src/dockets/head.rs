//! What a docket says of its case as such: compared from one import to the next, and never written over the case.
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, insert_into, update};

use super::write::Writer;
use crate::{
    digest::sha256,
    error::Fault,
    import::{
        plan::Plan,
        report::{Code, Issue, Severity},
    },
};

crate::table! {
    docket_heads (firm_id, court, number) {
        firm_id -> Text,
        court -> Text,
        number -> Text,
        head -> Text,
    }
}

impl Writer<'_, '_> {
    /// Leaves a review where the head is another than it was.
    pub(super) async fn head(&mut self, file: &str, plan: &mut Plan) -> Result<(), Fault> {
        let (firm, court) = (self.target.firm.clone(), plan.docket.court.clone());
        let (number, head) = (plan.docket.number.clone(), head(plan));
        let this = {
            let (firm, court, number) = (firm.clone(), court.clone(), number.clone());
            let of_firm = docket_heads::table.filter(docket_heads::firm_id.eq(firm));
            of_firm.filter(docket_heads::court.eq(court)).filter(docket_heads::number.eq(number))
        };
        let before: Vec<String> = self.transaction.load(this.clone().select(docket_heads::head)).await?;
        let Some(before) = before.into_iter().next() else {
            let row = (
                docket_heads::firm_id.eq(firm),
                docket_heads::court.eq(court),
                docket_heads::number.eq(number),
                docket_heads::head.eq(head),
            );
            self.transaction.execute(insert_into(docket_heads::table).values(row)).await?;
            return Ok(());
        };
        if before != head {
            plan.issues.push(changed(file, self.target.at));
            self.transaction.execute(update(this).set(docket_heads::head.eq(head))).await?;
        }
        Ok(())
    }
}

fn head(plan: &Plan) -> String {
    let docket = &plan.docket;
    let facts = (
        (&docket.caption, &docket.judge, &docket.cause, &docket.nature),
        (docket.filed_on, docket.terminated_on),
    );
    sha256(format!("{facts:?}"))
}

/// Each change is a review of its own, also one back to what it was before, so the sentence says when it was read.
fn changed(file: &str, at: NaiveDateTime) -> Issue {
    let sentence = format!(
        "The docket's name, judge, subject or days are others than when it was read last; the case was left as it is (read \
         {at} UTC)."
    );
    Issue::of_file(Severity::Review, Code::HeadChanged, file, sentence)
}
