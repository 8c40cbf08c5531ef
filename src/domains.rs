//! The list of the domains' types and roots.
use std::sync::LazyLock;

use crate::{
    billing, calendar, cases, dockets, documents, firms,
    graph::{Domains, Graph},
    internal, people, releasing,
};

/// Every type that the API has.
pub struct All;

static GRAPH: LazyLock<Graph> = LazyLock::new(|| {
    Graph::default()
        .with::<firms::Firm>()
        .with::<people::Person>()
        .with::<people::Participant>()
        .with::<people::ViewerType>()
        .with::<cases::Case>()
        .with::<cases::CaseChange>()
        .with::<cases::TeamMember>()
        .with::<cases::Milestone>()
        .with::<calendar::Event>()
        .with::<calendar::EventChange>()
        .with::<calendar::ProposedEventChange>()
        .with::<internal::Task>()
        .with::<internal::ChecklistItem>()
        .with::<documents::Document>()
        .with::<internal::StrategyNote>()
        .with::<internal::Correspondence>()
        .with::<internal::ThirdPartyRecord>()
        .with::<internal::EthicalWall>()
        .with::<internal::AdverseParty>()
        .with::<dockets::DocketEntry>()
        .with::<dockets::DocketReview>()
        .with::<dockets::Party>()
        .with::<releasing::Release>()
        .with::<billing::Invoice>()
        .with::<billing::InvoiceLine>()
        .with::<billing::PayerShare>()
        .with::<billing::Credit>()
        .with::<billing::Payment>()
        .with::<billing::Allocation>()
        .with::<billing::TrustEntry>()
        .with::<billing::Billing>()
        .with::<billing::Balance>()
        .with::<billing::UnappliedBalance>()
        .with::<billing::TrustBalance>()
        .with::<billing::Statement>()
        .with::<billing::StatementEntry>()
        .with::<billing::BillingNote>()
        .with_query(|query| {
            query.nodes();
            firms::roots(query);
            people::roots(query);
            cases::roots(query);
            calendar::roots(query);
            documents::roots(query);
            internal::roots(query);
            billing::roots(query);
        })
        .with_subscription(cases::followed)
});

impl Domains for All {
    fn graph() -> &'static Graph {
        &GRAPH
    }
}
