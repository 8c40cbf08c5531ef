//! The size of a parsed document with its fragments spread, before validation visits it.
//!
//! A fragment that spreads the next one twice doubles the work with each level, so sizes are counted once a
//! fragment and added, saturating. A cycle of fragments is refused where it closes.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
    SelectionSet, Type, VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned};

use super::limits::{LOWEST, Limits, over};
use super::size::Size;
use crate::error::{Problem, Refusal};
use crate::graph::is_introspection;

/// What a document is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// All that it asks, fragments spread.
    pub size: Size,
    /// Operations and fragments.
    pub definitions: usize,
    /// Fields at the root of one operation, at most.
    pub root_fields: usize,
    /// Variables of one operation, at most.
    pub variables: usize,
    /// Levels of lists in one variable's type, at most.
    pub list_types: usize,
    /// Directives at one place, at most.
    pub directives: usize,
}

/// Measures all operations and fragments, those that do not run included: validation visits them, too.
///
/// `is_known` says whether the schema has a type of that name.
pub fn measure(
    document: &ExecutableDocument,
    limits: &Limits,
    is_known: impl Fn(&str) -> bool,
) -> Result<Measured, Refusal> {
    let definitions = document.operations.iter().count() + document.fragments.len();
    if definitions > limits.definitions {
        return Err(over(Problem::TooManyDefinitions, "operations and fragments", limits.definitions));
    }
    let mut operations: Vec<_> = document.operations.iter().map(|(_, operation)| operation).collect();
    let mut fragments: Vec<_> = document.fragments.iter().collect();
    // The document's order, not the hash map's: what is reported first must not vary.
    operations.sort_by_key(|operation| operation.pos);
    fragments.sort_by_key(|(_, fragment)| fragment.pos);

    let found = Measured { definitions, ..Measured::default() };
    let mut measurer = Measurer { limits, fragments: &document.fragments, sizes: HashMap::new(), found };
    let mut size = Size::default();
    for operation in operations {
        measurer.declared(operation, &is_known)?;
        let asked = measurer.set(&operation.node.selection_set.node, 1)?;
        if asked.tops > limits.root_fields {
            return Err(
                over(Problem::TooManyFields, "fields at the root", limits.root_fields).at(operation.pos)
            );
        }
        measurer.found.root_fields = measurer.found.root_fields.max(asked.tops);
        size.add(asked);
    }
    for (name, fragment) in fragments {
        measurer.directives(&fragment.node.directives, fragment.pos)?;
        size.add(measurer.fragment(name, fragment.pos, 1)?);
    }
    bounded(size, limits)?;
    Ok(Measured { size, ..measurer.found })
}

fn bounded(size: Size, limits: &Limits) -> Result<(), Refusal> {
    if size.fields > limits.fields {
        return Err(over(Problem::TooManyFields, "fields with its fragments spread", limits.fields));
    }
    if size.selections > limits.selections {
        return Err(over(Problem::TooManyFields, "selections with its fragments spread", limits.selections));
    }
    if size.described > limits.described {
        return Err(over(Problem::TooManyFields, "fields of introspection", limits.described));
    }
    if size.aliases > limits.aliases {
        let what = "aliases with its fragments spread, each in introspection counted as twenty";
        return Err(over(Problem::TooManyAliases, what, limits.aliases));
    }
    Ok(())
}

fn innermost(mut ty: &Type) -> (&Name, usize) {
    let mut lists = 0;
    loop {
        match &ty.base {
            BaseType::Named(name) => return (name, lists),
            BaseType::List(inner) => ty = inner,
        }
        lists += 1;
    }
}

/// A fragment's size, or that it is being measured: meeting it then means a cycle.
#[derive(Clone, Copy)]
enum Known {
    Open,
    Size(Size),
}

struct Measurer<'a> {
    limits: &'a Limits,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    sizes: HashMap<&'a str, Known>,
    /// All but the size.
    found: Measured,
}

impl<'a> Measurer<'a> {
    /// The head of an operation: variables and directives.
    fn declared(
        &mut self,
        operation: &Positioned<OperationDefinition>,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<(), Refusal> {
        let variables = &operation.node.variable_definitions;
        self.found.variables = self.found.variables.max(variables.len());
        if variables.len() > self.limits.variables {
            let refusal =
                over(Problem::TooManyVariables, "variables in one operation", self.limits.variables);
            return Err(refusal.at(operation.pos));
        }
        self.directives(&operation.node.directives, operation.pos)?;
        for variable in variables {
            self.directives(&variable.node.directives, variable.pos)?;
            self.variable_type(variable, &is_known)?;
        }
        Ok(())
    }

    /// async-graphql panics on a default value for a list of an unknown type: refuse it in validation's words.
    fn variable_type(
        &mut self,
        variable: &Positioned<VariableDefinition>,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<(), Refusal> {
        let (name, lists) = innermost(&variable.node.var_type.node);
        self.found.list_types = self.found.list_types.max(lists);
        if lists > self.limits.list_types {
            let bound = self.limits.list_types;
            return Err(
                over(Problem::TooDeep, "levels of lists in a variable's type", bound).at(variable.pos)
            );
        }
        if lists > 0 && variable.node.default_value.is_some() && !is_known(name) {
            let refusal = Problem::ValidationFailed.because(format!("Unknown type \"{name}\""));
            return Err(refusal.at(variable.pos));
        }
        Ok(())
    }

    /// No directive of any schema here may be repeated at one place.
    fn directives(&mut self, list: &[Positioned<Directive>], at: Pos) -> Result<(), Refusal> {
        self.found.directives = self.found.directives.max(list.len());
        if list.len() > self.limits.directives {
            let bound = self.limits.directives;
            return Err(over(Problem::TooManyDirectives, "directives at one place", bound).at(at));
        }
        for (count, directive) in list.iter().enumerate() {
            let name = &directive.node.name.node;
            if list.iter().take(count).any(|other| other.node.name.node == *name) {
                let sentence =
                    format!("The directive \"{name}\" is there twice at one place. Leave one out.");
                return Err(Problem::ValidationFailed.because(sentence).at(directive.pos));
            }
        }
        Ok(())
    }

    /// `level` bounds our own recursion, too.
    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Size, Refusal> {
        let mut size = Size::default();
        for selection in &set.items {
            self.level(level, selection.pos)?;
            self.directives(selection.node.directives(), selection.pos)?;
            size.add(match &selection.node {
                Selection::Field(field) => {
                    let inner = self.set(&field.node.selection_set.node, level + 1)?;
                    self.introspection(&field.node, inner, selection.pos)?;
                    inner.of_field(&field.node)
                }
                Selection::InlineFragment(inline) => {
                    self.set(&inline.node.selection_set.node, level + 1)?.of_fragment()
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, selection.pos, level + 1)?.of_fragment()
                }
            });
        }
        Ok(size)
    }

    fn fragment(&mut self, name: &str, at: Pos, level: usize) -> Result<Size, Refusal> {
        // An unknown fragment is validation's to report.
        let Some((name, fragment)) = self.fragments.get_key_value(name) else { return Ok(Size::default()) };
        match self.sizes.get(name.as_str()) {
            Some(Known::Open) => {
                let sentence = format!("Fragment \"{name}\" spreads itself. Break the cycle.");
                Err(Problem::ValidationFailed.because(sentence).at(at))
            }
            Some(Known::Size(size)) => {
                let size = *size;
                self.level((level + size.depth).saturating_sub(1), at)?;
                Ok(size)
            }
            None => {
                self.sizes.insert(name, Known::Open);
                let size = self.set(&fragment.node.selection_set.node, level)?;
                self.sizes.insert(name, Known::Size(size));
                Ok(size)
            }
        }
    }

    /// A domain's field may be called `fields`, too: only below the roots of introspection does it count.
    fn introspection(&self, field: &Field, inner: Size, at: Pos) -> Result<(), Refusal> {
        if is_introspection(field) && inner.lists > self.limits.introspection {
            return Err(over(
                Problem::TooDeep,
                "lists of introspection in one another",
                self.limits.introspection,
            )
            .at(at));
        }
        Ok(())
    }

    fn level(&self, level: usize, at: Pos) -> Result<(), Refusal> {
        let lowest = self.limits.depth.min(LOWEST);
        if level > lowest {
            return Err(over(Problem::TooDeep, "levels of selections", lowest).at(at));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn measured(document: &str) -> Result<Size, Problem> {
        let document = async_graphql::parser::parse_query(document).unwrap();
        let measured = measure(&document, &Limits::default(), |name| name == "Int");
        measured.map(|measured| measured.size).map_err(|refusal| refusal.problem())
    }

    fn doubling(levels: usize) -> String {
        let mut text = String::from("{ a { ...F0 } }");
        for level in 0..levels {
            let next = level + 1;
            write!(text, " fragment F{level} on Q {{ ...F{next} ...F{next} }}").unwrap();
        }
        write!(text, " fragment F{levels} on Q {{ a }}").unwrap();
        text
    }

    #[test]
    fn counts_with_fragments_spread() {
        let size = measured("{ a b: c { ...F ... { d } } } fragment F on T { e f: g }").unwrap();
        // a, b, spread, e, f, inline, d, and the fragment by itself: e, f.
        assert_eq!(size, Size { fields: 9, aliases: 3, depth: 3, tops: 4, selections: 1, ..Size::default() });
    }

    #[test]
    fn no_configuration_lets_measuring_call_itself_ever_deeper() {
        let limits = Limits { depth: 10_000, ..Limits::default() };
        let refused = |levels: usize| {
            let document = async_graphql::parser::parse_query(doubling(levels)).unwrap();
            let measured = measure(&document, &limits, |_| true);
            measured.map(|measured| measured.definitions).map_err(|refusal| refusal.problem())
        };
        assert_eq!(refused(90), Err(Problem::TooManyFields), "as many as there are");
        let limits = Limits { definitions: 10_000, ..limits };
        let document = async_graphql::parser::parse_query(doubling(LOWEST)).unwrap();
        let refusal = measure(&document, &limits, |_| true).unwrap_err();
        assert_eq!(refusal.problem(), Problem::TooDeep);
    }

    #[test]
    fn root_fields_are_bounded_through_fragments() {
        let many = |count: usize| {
            format!("{{ a ...F ... {{ ...F }} }} fragment F on Q {{ {} }}", "b ".repeat(count))
        };
        assert_eq!(measured(&many(24)).unwrap().tops, 49 + 24);
        assert_eq!(measured(&many(25)), Err(Problem::TooManyFields));
    }

    #[test]
    fn introspection_may_not_go_round() {
        let round =
            |levels: usize| format!("{}name{}", "fields { type { ".repeat(levels), " } }".repeat(levels));
        assert!(measured(&format!("{{ __type(name: \"A\") {{ {} }} }}", round(2))).is_ok());
        assert_eq!(measured(&format!("{{ __type(name: \"A\") {{ {} }} }}", round(3))), Err(Problem::TooDeep));
        let spread = format!("{{ __schema {{ types {{ ...F }} }} }} fragment F on __Type {{ {} }}", round(2));
        assert_eq!(measured(&spread), Err(Problem::TooDeep));
        let wide =
            format!("{{ ...F }} fragment F on Q {{ __schema {{ types {{ {} }} }} }}", "name ".repeat(250));
        assert_eq!(measured(&wide), Err(Problem::TooManyFields));
        assert!(measured(&format!("{{ form {{ {} }} }}", round(3))).is_ok());
    }

    #[test]
    fn doubling_fragments_are_refused_by_count() {
        assert!(measured(&doubling(6)).is_ok());
        assert_eq!(measured(&doubling(12)), Err(Problem::TooManyFields));
        assert_eq!(measured(&doubling(20)), Err(Problem::TooManyFields));
        // Far beyond what fits a usize.
        assert_eq!(measured(&doubling(90)), Err(Problem::TooDeep));
    }

    #[test]
    fn doubling_beyond_any_number_saturates() {
        let limits = Limits { depth: 500, definitions: 500, ..Limits::default() };
        let document = async_graphql::parser::parse_query(doubling(200)).unwrap();
        let refusal = measure(&document, &limits, |_| true).unwrap_err();
        assert_eq!(refusal.problem(), Problem::TooManyFields);
    }

    #[test]
    fn depth_is_the_same_whichever_way_a_fragment_is_met() {
        let deep = |levels: usize| format!("{}a{}", "a { ".repeat(levels - 1), " }".repeat(levels - 1));
        assert!(measured(&format!("{{ {} }}", deep(24))).is_ok());
        assert_eq!(measured(&format!("{{ {} }}", deep(25))), Err(Problem::TooDeep));
        let known = |levels: usize| {
            format!("{{ ...F b {{ c {{ d {{ ...F }} }} }} }} fragment F on Q {{ {} }}", deep(levels))
        };
        assert!(measured(&known(20)).is_ok());
        assert_eq!(measured(&known(21)), Err(Problem::TooDeep));
    }

    #[test]
    fn cycles_end() {
        let text = "{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ...A }";
        assert_eq!(measured(text), Err(Problem::ValidationFailed));
        assert_eq!(measured("{ a } fragment A on Q { ...A }"), Err(Problem::ValidationFailed));
    }

    #[test]
    fn heads_are_bounded() {
        for text in ["{ __typename @a @b @a }", "query @a @a { a }", "query($b: Int @a @a) { a }"] {
            assert_eq!(measured(text), Err(Problem::ValidationFailed), "{text}");
        }
        assert!(measured("query @a { a @a @b b @a }").is_ok());
        let directives = "@a ".repeat(9);
        assert_eq!(measured(&format!("{{ __typename {directives} }}")), Err(Problem::TooManyDirectives));
        assert_eq!(measured(&format!("query {directives} {{ a }}")), Err(Problem::TooManyDirectives));
        let many: String = (0..101).fold(String::new(), |text, number| format!("{text} $v{number}: Int"));
        assert_eq!(measured(&format!("query({many}) {{ a }}")), Err(Problem::TooManyVariables));
        let many: String =
            (0..101).fold(String::new(), |text, number| format!("{text} query q{number} {{ a }}"));
        assert_eq!(measured(&many), Err(Problem::TooManyDefinitions));
        assert_eq!(measured("query($a: [[[[Int]]]]) { a }"), Err(Problem::TooDeep));
        let many: String = (0..501).fold(String::new(), |text, number| format!("{text} a{number}: a"));
        assert_eq!(measured(&format!("{{ b {{ {many} }} }}")), Err(Problem::TooManyAliases));
    }

    #[test]
    fn default_for_a_list_of_an_unknown_type_is_refused() {
        assert!(measured("query($a: [Int] = [1]) { a }").is_ok());
        assert!(measured("query($a: [Nope]) { a }").is_ok());
        assert_eq!(measured("query($a: [Nope] = [1]) { a }"), Err(Problem::ValidationFailed));
        assert_eq!(measured("query($a: [[Nope!]!]! = 1) { a }"), Err(Problem::ValidationFailed));
    }
}
