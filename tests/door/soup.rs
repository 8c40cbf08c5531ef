//! Documents with words exchanged at random: whatever passes the door's checks neither panics nor lasts.

use portico::http::limits::Limits;
use portico::http::measure::measure;
use portico::http::scan::scan;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::toy::bare;

/// Valid documents that use most of the grammar; the words of one stand in for those of another.
const DOCUMENTS: [&str; 6] = [
    "query A ( $a : [Int!] = [ 1 ] , $b : String = \"x\" ) { search ( tags : $a ) hello ( name : $b ) }",
    "{ query @include ( if : true ) { leaf { name __typename } ... on Query { hello } ...F } } fragment F on Query { role }",
    "query ( $f : Filter = { and : [ { title : \"x\" } ] , title : null } ) { search ( filter : $f ) }",
    "mutation M { touch a : touch @skip ( if : false ) } query Q { a : hello b : leaf { c : name } }",
    "{ __schema { types { name kind fields { name } } } __type ( name : \"Query\" ) { name ofType { name } } }",
    "subscription S { ticks } query T ( $c : JSON = { a : [ 1.5 , TRUE ] } ) { search ( any : $c , filter : { title : \"y\" } ) }",
];

fn words() -> Vec<&'static str> {
    DOCUMENTS
        .iter()
        .flat_map(|document| document.split(' '))
        .chain(["$", "Nope", "[Nope]", "[Filter!]!", "[", "]", "0", "-1e9", "input", "null"])
        .collect()
}

#[tokio::test]
async fn the_documents_are_valid() {
    for document in DOCUMENTS {
        let mut request = async_graphql::Request::new(document);
        // The operation that can be executed, where there are two.
        request.operation_name = ["M", "T"]
            .iter()
            .find(|name| document.contains(&format!(" {name} ")))
            .map(|name| (*name).to_owned());
        let answer = bare().execute(request).await;
        assert!(answer.errors.is_empty(), "{document} {:?}", answer.errors);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_document_panics(
        document in select(DOCUMENTS.to_vec()),
        swaps in prop::collection::vec((any::<Index>(), select(words()), 0..3_u8), 0..5),
    ) {
        let mut text: Vec<&str> = document.split(' ').collect();
        for (place, word, how) in swaps {
            let at = place.index(text.len());
            match how {
                0 => text[at] = word,
                1 => text.insert(at, word),
                _ => text[at] = "",
            }
        }
        let text = text.join(" ");
        let limits = Limits::default();
        let known = |name: &str| ["Int", "String", "Boolean", "Filter", "JSON", "Float", "ID"].contains(&name);
        if scan(&text, &limits).is_ok()
            && let Ok(document) = async_graphql::parser::parse_query(&text)
            && measure(&document, &limits, known).is_ok()
        {
            let mut request = async_graphql::Request::new(text);
            request.set_parsed_query(document);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(bare().execute(request));
        }
    }
}
