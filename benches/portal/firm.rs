//! A made-up firm with 2,000 cases, written as SQL that both engines take; the same rows each time.
use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{Days, NaiveDate, NaiveDateTime};

/// Cases of the firm.
pub(crate) const CASES: usize = 2_000;
/// Clients: each takes part in five cases.
const CLIENTS: usize = CASES / 5;
const ATTORNEYS: usize = 20;
/// Rows of one INSERT.
const ROWS: usize = 500;

/// The address of a client who takes part in five cases.
pub(crate) const CLIENT: &str = "client7@example.test";
/// The address of an attorney of the firm.
pub(crate) const ATTORNEY: &str = "attorney3@example.test";

/// Random numbers from a seed, the same on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// An id of the type that this byte stands for.
    pub(crate) fn id(&mut self, tag: u8) -> String {
        let mut bytes = [tag; 17];
        bytes[1..9].copy_from_slice(&self.next().to_be_bytes());
        bytes[9..].copy_from_slice(&self.next().to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(crate) fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }

    /// Some words, as long as people write.
    pub(crate) fn words(&mut self, count: usize) -> String {
        const WORDS: &[&str] = &[
            "the", "court", "will", "hear", "your", "motion", "in", "May", "and", "we", "expect", "an",
            "answer", "from", "other", "side", "before", "hearing", "records", "were", "sent",
        ];
        (0..count).map(|_| self.pick(WORDS)).collect::<Vec<_>>().join(" ")
    }
}

/// A value as SQL.
pub(crate) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

pub(crate) fn maybe(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), text)
}

pub(crate) fn day(offset: usize) -> String {
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(offset as u64);
    format!("'{day}'")
}

pub(crate) fn instant(offset: usize) -> String {
    let day = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(offset as u64);
    format!("'{}'", NaiveDateTime::from(day).format("%Y-%m-%d 09:30:00"))
}

/// The rows of one table.
pub(crate) struct Sheet {
    pub(crate) table: &'static str,
    columns: &'static str,
    rows: Vec<String>,
}

impl Sheet {
    pub(crate) fn new(table: &'static str, columns: &'static str) -> Self {
        Sheet { table, columns, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, values: &[String]) {
        self.rows.push(format!("({})", values.join(",")));
    }

    fn write(&self, sql: &mut String) {
        for rows in self.rows.chunks(ROWS) {
            writeln!(sql, "INSERT INTO {} ({}) VALUES {};", self.table, self.columns, rows.join(","))
                .unwrap();
        }
    }
}

/// Who approves, and what is known of the firm while its cases are written.
pub(crate) struct Firm {
    pub(crate) id: String,
    pub(crate) attorneys: Vec<String>,
    pub(crate) dice: Dice,
}

impl Firm {
    /// The columns that all releases have, behind `firm_id, id, <item>`.
    pub(crate) fn release(&mut self, item: &str) -> Vec<String> {
        let approver = self.attorneys[self.dice.below(ATTORNEYS)].clone();
        let (from, id) = (300 + self.dice.below(90), self.dice.id(16));
        [&self.id, &id, item, "CLIENTS"]
            .map(text)
            .into_iter()
            .chain([instant(from), "'9999-12-31 00:00:00'".into(), text(&approver), instant(from - 1)])
            .collect()
    }
}

/// What [`Firm::release`] fills, with the item's column.
macro_rules! release_columns {
    ($item:literal, $wording:literal) => {
        concat!(
            "firm_id,id,",
            $item,
            ",audience,released_from,released_until,approved_by,approved_at,",
            $wording
        )
    };
}
pub(crate) use release_columns;

/// All rows, table by table in an order that foreign keys allow.
pub(crate) fn sql() -> String {
    let mut dice = Dice::new(1);
    let firm = dice.id(1);
    let mut firms =
        Sheet::new("firms", "id,slug,name,time_zone,display_name,primary_color,background_color,text_color");
    firms.row(
        &[
            &firm,
            "bench",
            "Bench & Partners LLP",
            "America/New_York",
            "Bench & Partners",
            "#123456",
            "#ffffff",
            "#000000",
        ]
        .map(text),
    );
    let mut people = Sheet::new("people", "firm_id,id,kind,name,email,staff_role,is_active");
    let mut person = |dice: &mut Dice, kind: &str, role: Option<&str>, number: usize| {
        let (id, word) = (dice.id(2), if role.is_some() { "attorney" } else { "client" });
        let mut row = vec![text(&firm), text(&id), text(kind), text(&format!("Some {word} {number}"))];
        row.extend([text(&format!("{word}{number}@example.test")), maybe(role), "TRUE".into()]);
        people.row(&row);
        id
    };
    let attorneys: Vec<_> =
        (0..ATTORNEYS).map(|number| person(&mut dice, "STAFF", Some("ATTORNEY"), number)).collect();
    let clients: Vec<_> = (0..CLIENTS).map(|number| person(&mut dice, "PORTAL", None, number)).collect();
    let mut firm = Firm { id: firm, attorneys, dice };
    let mut sheets = vec![firms, people];
    let cases = super::cases::write(&mut firm, &clients, &mut sheets);
    super::documents::write(&mut firm, &cases, &mut sheets);
    super::billing::write(&mut firm, &cases, &mut sheets);
    super::calendar::write(&mut firm, &cases, &mut sheets);
    super::internal::write(&mut firm, &cases, &mut sheets);
    let mut sql = String::new();
    for sheet in &sheets {
        sheet.write(&mut sql);
    }
    sql
}
