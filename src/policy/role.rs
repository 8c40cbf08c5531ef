//! The twelve roles a request can act in; a request acts in exactly one, and that picks its schema.

use std::{fmt, str::FromStr};

use async_graphql::Enum;

/// What somebody is to a firm or to one of its cases.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nobody in particular: a visitor of a firm's public page.
    Anonymous,
    /// The person or company that the firm represents.
    Client,
    /// A joint client on the same case.
    CoClient,
    /// A relative, guardian or member of staff whom the client named.
    AuthorizedContact,
    /// Whoever pays the bills of a case.
    BillPayer,
    /// An expert retained for a case.
    Expert,
    /// A lawyer of another firm on the same case.
    CoCounsel,
    /// A lawyer of the firm.
    Attorney,
    /// A paralegal of the firm.
    Paralegal,
    /// The firm's billing staff.
    Billing,
    /// Who runs the firm's accounts and settings.
    Admin,
    /// Who inspects the firm's record and ledgers.
    Auditor,
}

impl Role {
    /// Every role, outside ones first.
    pub const ALL: [Self; 12] = [
        Self::Anonymous,
        Self::Client,
        Self::CoClient,
        Self::AuthorizedContact,
        Self::BillPayer,
        Self::Expert,
        Self::CoCounsel,
        Self::Attorney,
        Self::Paralegal,
        Self::Billing,
        Self::Admin,
        Self::Auditor,
    ];

    /// The name that policy lines use after `role:`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Client => "client",
            Self::CoClient => "co_client",
            Self::AuthorizedContact => "authorized_contact",
            Self::BillPayer => "bill_payer",
            Self::Expert => "expert",
            Self::CoCounsel => "co_counsel",
            Self::Attorney => "attorney",
            Self::Paralegal => "paralegal",
            Self::Billing => "billing",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// The role as GraphQL and the database write it: `CO_CLIENT`.
    pub fn word(self) -> String {
        self.name().to_ascii_uppercase()
    }

    /// The role as a policy line names it: `role:client`. The prefix keeps a person's name from ever being a role.
    pub fn subject(self) -> String {
        format!("role:{}", self.name())
    }

    /// Whether the role stands outside the firm.
    pub const fn is_outside(self) -> bool {
        match self {
            Self::Anonymous
            | Self::Client
            | Self::CoClient
            | Self::AuthorizedContact
            | Self::BillPayer
            | Self::Expert
            | Self::CoCounsel => true,
            Self::Attorney | Self::Paralegal | Self::Billing | Self::Admin | Self::Auditor => false,
        }
    }

    /// Whether the role belongs to the firm's own people.
    pub const fn is_staff(self) -> bool {
        !self.is_outside()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no role's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no such role")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    /// Takes `co_client` and GraphQL's `CO_CLIENT`; nothing padded, nothing in mixed case.
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let is = |role: &Self| role.name() == text || role.word() == text;
        Self::ALL.into_iter().find(is).ok_or(UnknownRole)
    }
}
