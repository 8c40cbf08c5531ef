//! What is believed of who asks, proved by the very statement that answers them.
use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{Cell, Cells, Piece, Select, Value, always};

/// A belief that each statement asks for anew, beside its rows; a statement that finds it untrue answers nothing.
///
/// So what was remembered of a token costs no statement of its own and is never older than the answer that hangs on it.
pub struct Premise {
    select: Box<dyn Fn() -> Select + Send + Sync>,
    holds: Box<dyn Fn(Vec<Cells>) -> bool + Send + Sync>,
    was_proved: AtomicBool,
    was_refuted: AtomicBool,
}

impl Premise {
    /// The belief that the rows of a select are such.
    pub fn new(
        select: impl Fn() -> Select + Send + Sync + 'static,
        holds: impl Fn(Vec<Cells>) -> bool + Send + Sync + 'static,
    ) -> Self {
        Premise {
            select: Box::new(select),
            holds: Box::new(holds),
            was_proved: AtomicBool::default(),
            was_refuted: AtomicBool::default(),
        }
    }

    /// Whether a statement proved it and none refuted it.
    pub fn is_proved(&self) -> bool {
        self.was_proved.load(Ordering::Acquire) && !self.was_refuted.load(Ordering::Acquire)
    }

    /// Whether a statement found it untrue.
    pub fn is_refuted(&self) -> bool {
        self.was_refuted.load(Ordering::Acquire)
    }

    /// The select with the question in front of it.
    pub(super) fn before(&self, mut select: Select) -> Select {
        Select {
            with: std::mem::take(&mut select.with),
            cells: vec![Cell::Rows(Box::new((self.select)())), Cell::Rows(Box::new(select))],
            from: vec![Piece::Text("(SELECT 1 AS one) t")],
            filter: always(),
            group: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }

    /// The select's own rows, if the answer in front of them is as believed.
    pub(super) fn judge(&self, answer: Vec<Cells>) -> Vec<Cells> {
        let both = answer.into_iter().next().and_then(|row| <[Value; 2]>::try_from(row).ok());
        if let Some([Value::Rows(found), Value::Rows(rows)]) = both
            && (self.holds)(found)
        {
            self.was_proved.store(true, Ordering::Release);
            return rows;
        }
        self.was_refuted.store(true, Ordering::Release);
        Vec::new()
    }
}

impl fmt::Debug for Premise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Premise").field("is_proved", &self.is_proved()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn premise() -> Premise {
        let none = || Select::of(Vec::new(), Vec::new(), always());
        Premise::new(none, |found| found == [vec![Value::Number(1)]])
    }

    fn answer(found: i64) -> Vec<Cells> {
        let rows = |number| Value::Rows(vec![vec![Value::Number(number)]]);
        vec![vec![rows(found), rows(7)]]
    }

    #[test]
    fn rows_are_answered_where_it_holds() {
        let premise = premise();
        assert!(!premise.is_proved() && !premise.is_refuted());
        assert_eq!(premise.judge(answer(1)), [vec![Value::Number(7)]]);
        assert!(premise.is_proved());
    }

    #[test]
    fn one_statement_that_refutes_outweighs_all_that_proved() {
        for untrue in [answer(2), Vec::new(), vec![vec![Value::Null, Value::Null]]] {
            let premise = premise();
            premise.judge(answer(1));
            assert_eq!(premise.judge(untrue), Vec::<Cells>::new());
            premise.judge(answer(1));
            assert!(premise.is_refuted() && !premise.is_proved());
        }
    }
}
