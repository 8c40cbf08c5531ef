//! What the domains offer to policy: the scopes of rows each type has, and the members that only a release has.

/// A scope of rows that a line may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeName {
    /// The type whose rows it selects.
    pub ty: &'static str,
    /// Its name in policy lines.
    pub name: &'static str,
    /// Whether each row of it has an open release.
    pub released: bool,
}

/// All that the domains offer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The registered scopes, in the order in which their filters are joined.
    pub scopes: Vec<ScopeName>,
    /// Members that only a release has: nullable in the full model, and never null where each row has a release.
    pub released: Vec<(&'static str, &'static str)>,
}

impl Vocabulary {
    /// The scopes of a type.
    pub fn scopes_of(&self, ty: &str) -> impl Iterator<Item = &ScopeName> {
        self.scopes.iter().filter(move |scope| scope.ty == ty)
    }

    /// Whether the type's rows are selected by scopes at all.
    pub fn has_rows(&self, ty: &str) -> bool {
        self.scopes_of(ty).next().is_some()
    }
}
