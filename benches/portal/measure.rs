//! What a run showed, several turns of it put together, and the table of all.
use super::operation::Operation;

/// One run, or several: each request's milliseconds, and CPU seconds a request.
#[derive(Clone, Default)]
pub(crate) struct Sample {
    pub(crate) latencies: Vec<f64>,
    pub(crate) database: f64,
    pub(crate) server: f64,
    /// What pgbench itself used.
    pub(crate) caller: f64,
}

impl Sample {
    /// All turns as one: latencies together, the median turn's CPU.
    pub(crate) fn of(turns: &[Sample]) -> Self {
        let middle = |of: fn(&Sample) -> f64| {
            let mut values: Vec<f64> = turns.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        let mut latencies: Vec<f64> = turns.iter().flat_map(|turn| turn.latencies.clone()).collect();
        latencies.sort_by(f64::total_cmp);
        Sample {
            latencies,
            database: middle(|turn| turn.database),
            server: middle(|turn| turn.server),
            caller: middle(|turn| turn.caller),
        }
    }

    /// The latency that so many percent do not exceed.
    fn percentile(&self, percent: usize) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent / 100).copied().unwrap_or_default()
    }
}

/// The statement and the server, with so many callers at once.
pub(crate) struct Pair {
    pub(crate) callers: usize,
    pub(crate) statement: Sample,
    pub(crate) server: Sample,
}

/// The heading of the table.
pub(crate) const HEADING: &str = "\
                                      CPU ms a request                            ratio      p50 ms           p99 ms\n\
                            statement  pgbench |  server database |   strict  with pgbench |  statement server | statement server";

impl Pair {
    /// The server's and its database's CPU, as a multiple of what the statement costs the database alone.
    fn ratio(&self) -> f64 {
        (self.server.server + self.server.database) / self.statement.database
    }

    /// The same, as a multiple of what the statement costs with the program that reads its answer.
    fn ratio_with_caller(&self) -> f64 {
        (self.server.server + self.server.database) / (self.statement.database + self.statement.caller)
    }

    /// One line of the table.
    pub(crate) fn line(&self, operation: &Operation, goal: Option<f64>) -> String {
        let (a, b) = (&self.statement, &self.server);
        let verdict = match goal {
            Some(goal) if self.ratio() <= goal => format!("  goal {goal} met"),
            Some(goal) => format!("  goal {goal} MISSED"),
            None => String::new(),
        };
        format!(
            "{:<3}{:<21} c{:<2} {:>8.3} {:>8.3} | {:>7.3} {:>8.3} | {:>8.2} {:>8.2} | {:>7.2} {:>7.2} | {:>7.2} {:>7.2}{verdict}",
            operation.key,
            operation.about,
            self.callers,
            a.database * 1e3,
            a.caller * 1e3,
            b.server * 1e3,
            b.database * 1e3,
            self.ratio(),
            self.ratio_with_caller(),
            a.percentile(50),
            b.percentile(50),
            a.percentile(99),
            b.percentile(99),
        )
    }
}
