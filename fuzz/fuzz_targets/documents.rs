//! The text of a document: what the scan lets through is parsed and measured within bounds, and judged by a role's schema in
//! words that name nothing which the role lacks.
#![no_main]

use std::{collections::BTreeSet, sync::LazyLock};

use async_graphql::parser::{
    parse_query,
    types::{ExecutableDocument, Selection, SelectionSet},
};
use libfuzzer_sys::fuzz_target;
use portico::{
    house::{self, RoleSchema},
    http::{self, limits::Limits, measure::measure, scan::scan},
    policy::{Role, Source},
};
use portico_fuzz::{nonsense::every_name, wait};

struct Judge {
    schema: RoleSchema,
    /// Names that the role lacks and that no sentence has by chance.
    hidden: BTreeSet<String>,
}

static JUDGES: LazyLock<Vec<Judge>> = LazyLock::new(|| {
    let policy = wait(house::compile(&Source::embedded())).unwrap_or_else(|faults| panic!("{faults}"));
    let all = every_name(&house::model());
    let judge = |role| {
        let own = every_name(policy.grants(role).model());
        let is_word = |name: &&String| name.chars().skip(1).any(|c| c.is_ascii_uppercase() || c == '_');
        let hidden = all.difference(&own).filter(is_word).cloned().collect();
        let schema = RoleSchema::of(&policy, role).unwrap_or_else(|faults| panic!("{faults}"));
        Judge { schema, hidden }
    };
    Role::ALL.into_iter().map(judge).collect()
});

fuzz_target!(init: { LazyLock::force(&JUDGES) }, |bytes: &[u8]| {
    let (Ok(text), limits) = (std::str::from_utf8(bytes), Limits::default()) else { return };
    // So that any text is a seed.
    let judge = &JUDGES[text.len() % JUDGES.len()];
    if let Ok(scanned) = scan(text, &limits) {
        assert!(scanned.tokens <= limits.tokens.min(text.len()) && scanned.nesting <= limits.nesting);
        if let Ok(document) = parse_query(text) {
            let depth = document.operations.iter().map(|(_, it)| depth(&it.node.selection_set.node));
            assert!(depth.max().unwrap_or_default() <= scanned.nesting, "{text:?}");
            bounded(&document, &limits, judge);
        }
    }
    for sentence in wait(judge.schema.judge(text, &limits)).err().unwrap_or_default() {
        let words = sentence.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words.filter(|word| judge.hidden.contains(*word)) {
            assert!(text.contains(word), "{text:?}: {sentence}");
        }
    }
});

fn depth(set: &SelectionSet) -> usize {
    let of = |selection: &Selection| match selection {
        Selection::Field(field) => depth(&field.node.selection_set.node),
        Selection::InlineFragment(inline) => depth(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    };
    let deepest = set.items.iter().map(|item| of(&item.node)).max();
    deepest.map_or(0, |deepest| deepest + 1)
}

fn bounded(document: &ExecutableDocument, limits: &Limits, judge: &Judge) {
    use http::RoleSchema as _;
    let Ok(measured) = measure(document, limits, |name| judge.schema.has_type(name)) else { return };
    let size = measured.size;
    assert!(
        size.fields <= limits.fields && size.depth <= limits.depth && size.aliases <= limits.aliases,
        "{size:?}"
    );
    for (name, _) in document.operations.iter() {
        judge.schema.outgoing(document, name.map(|name| name.as_str()));
    }
}
