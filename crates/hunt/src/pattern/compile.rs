//! From the syntax tree to tests and plans.

use std::collections::{BTreeSet, HashMap};

use fancy_regex::RegexBuilder;
use kizuna_stix::pattern::{self as ast, Constant, ObjectPath, Operator, Pattern, Predicate, Qualifier};

use super::binding::{Filter, Plan, micros};
use super::comparison::{Asked, Comparison, Proposition, Wanted, stated};
use super::like::Like;
use super::network::Network;
use super::path::Path;
use super::value::composed;
use super::{AskedOfKind, Compound, Patterns, Test};

/// Observations that one match may be made of, repetitions of a single test not counted.
const MAX_PARTS: u64 = 256;
/// Steps that an expression with look-around or back-references may take on one text.
const MAX_STEPS: usize = 100_000;
/// Bytes that a compiled regular expression may have.
const MAX_EXPRESSION: usize = 4 << 20;
/// Types of objects that all patterns together may ask for.
const MAX_KINDS: usize = 60_000;

/// Why a pattern is not evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("`{0}` is no regular expression: {1}")]
    Expression(String, String),
    #[error("`{0}` is no address or network")]
    Network(String),
    #[error("asks one object to be of several types, so that it can never match")]
    Types,
    #[error("needs more than {MAX_PARTS} observations at once")]
    Parts,
    #[error("there are too many types of objects in all patterns together")]
    Kinds,
}

/// The bits by which a number is looked up.
pub(super) fn bits(number: f64) -> u64 {
    // Minus zero equals zero.
    (number + 0.0).to_bits()
}

impl Patterns {
    /// Compiles patterns, each with the number that its matches will carry. Those that cannot be evaluated come back
    /// with the reason.
    pub fn compile<'a>(
        patterns: impl IntoIterator<Item = (u32, &'a Pattern)>,
    ) -> (Self, Vec<(u32, Refusal)>) {
        let mut compiler = Compiler::default();
        let mut refused = Vec::new();
        for (number, pattern) in patterns {
            if let Err(refusal) = compiler.pattern(number, pattern) {
                refused.push((number, refusal));
            }
        }
        (compiler.made, refused)
    }

    /// Whether the pattern can be evaluated.
    pub fn check(pattern: &Pattern) -> Result<(), Refusal> {
        Compiler::default().pattern(0, pattern)
    }
}

#[derive(Default)]
struct Compiler {
    made: Patterns,
    /// Numbers of paths and of tests by what they are.
    paths: HashMap<ObjectPath, u32>,
    tests: HashMap<String, u32>,
}

impl Compiler {
    fn pattern(&mut self, number: u32, pattern: &Pattern) -> Result<(), Refusal> {
        // All of it is checked before any of it is added.
        check(pattern.root())?;
        if parts(pattern.root()) > MAX_PARTS {
            return Err(Refusal::Parts);
        }
        self.alternatives(number, pattern.root())
    }

    /// Each alternative of a pattern matches alone.
    fn alternatives(&mut self, number: u32, expression: &ast::Observation) -> Result<(), Refusal> {
        if let ast::Observation::Or(all) = expression {
            for inner in all {
                self.alternatives(number, inner)?;
            }
            return Ok(());
        }
        let plan = self.plan(expression)?;
        if let Some((test, filter)) = alone(&plan, Filter::default()) {
            self.made.tests[test as usize].alone.push((number, filter));
            return Ok(());
        }
        plan.leaves(&mut |test| self.made.tests[test as usize].part = true);
        self.made.plans.push(Compound { pattern: number, plan });
        Ok(())
    }

    fn plan(&mut self, expression: &ast::Observation) -> Result<Plan, Refusal> {
        let each = |compiler: &mut Self, all: &[ast::Observation]| -> Result<Vec<Plan>, Refusal> {
            all.iter().map(|inner| compiler.plan(inner)).collect()
        };
        Ok(match expression {
            ast::Observation::Test(comparison) => Plan::Test(self.test(comparison)?),
            ast::Observation::And(all) => Plan::All(each(self, all)?),
            ast::Observation::Or(all) => Plan::Any(each(self, all)?),
            ast::Observation::FollowedBy(all) => Plan::Then(each(self, all)?),
            ast::Observation::Qualified(inner, qualifiers) => {
                let mut plan = self.plan(inner)?;
                for qualifier in qualifiers {
                    plan = match qualifier {
                        Qualifier::Within(seconds) => {
                            Plan::Within(Box::new(plan), seconds_to_micros(*seconds))
                        }
                        Qualifier::Repeats(times) => Plan::Times(Box::new(plan), *times),
                        Qualifier::StartStop(start, stop) => {
                            Plan::Between(Box::new(plan), micros(*start), micros(*stop))
                        }
                    };
                }
                plan
            }
        })
    }

    fn test(&mut self, expression: &ast::Comparison) -> Result<u32, Refusal> {
        let text = Pattern::from_root(ast::Observation::Test(expression.clone())).to_string();
        if let Some(number) = self.tests.get(&text) {
            return Ok(*number);
        }
        let comparison = self.comparison(expression)?;
        let number = self.made.tests.len() as u32;
        self.made.needs(number, &comparison);
        self.made.tests.push(Test { comparison, alone: Vec::new(), part: false });
        self.tests.insert(text, number);
        Ok(number)
    }

    fn comparison(&mut self, expression: &ast::Comparison) -> Result<Comparison, Refusal> {
        Ok(match expression {
            ast::Comparison::And(all) => {
                Comparison::All(all.iter().map(|inner| self.comparison(inner)).collect::<Result<_, _>>()?)
            }
            ast::Comparison::Or(any) => {
                Comparison::Any(any.iter().map(|inner| self.comparison(inner)).collect::<Result<_, _>>()?)
            }
            ast::Comparison::Proposition(proposition) => Comparison::One(Proposition {
                kind: self.kind(&proposition.path.kind)?,
                path: self.path(&proposition.path),
                negated: proposition.negated,
                asked: asked(&proposition.path, &proposition.predicate)?,
            }),
        })
    }

    fn kind(&mut self, name: &str) -> Result<u16, Refusal> {
        if let Some(number) = self.made.numbers.get(name) {
            return Ok(*number);
        }
        if self.made.kinds.len() >= MAX_KINDS {
            return Err(Refusal::Kinds);
        }
        let number = self.made.kinds.len() as u16;
        self.made.numbers.insert(name.to_owned(), number);
        self.made.kinds.push(name.to_owned());
        self.made.asked.push(AskedOfKind::default());
        Ok(number)
    }

    fn path(&mut self, path: &ObjectPath) -> u32 {
        if let Some(number) = self.paths.get(path) {
            return *number;
        }
        let number = self.made.paths.len() as u32;
        self.made.paths.push(Path::new(path));
        self.paths.insert(path.clone(), number);
        number
    }
}

fn asked(path: &ObjectPath, predicate: &Predicate) -> Result<Asked, Refusal> {
    let keys = Path::new(path).keys;
    let wanted = |constant: &Constant| {
        let normal = match constant {
            Constant::Text(text) => stated(&path.kind, &keys, text),
            _ => None,
        };
        Wanted { constant: constant.clone(), normal }
    };
    let network = |text: &String| Network::read(text).ok_or_else(|| Refusal::Network(text.clone()));
    Ok(match predicate {
        Predicate::Compare(operator, constant) => Asked::Compare(*operator, wanted(constant)),
        Predicate::In(constants) => Asked::In(constants.iter().map(wanted).collect()),
        Predicate::Like(text) => Asked::Like(Like::new(&composed(text))),
        Predicate::Matches(text) => {
            let built = RegexBuilder::new(&composed(text))
                .backtrack_limit(MAX_STEPS)
                .delegate_size_limit(MAX_EXPRESSION)
                .build();
            let said = |error: fancy_regex::Error| Refusal::Expression(text.clone(), error.to_string());
            Asked::Matches(Box::new(built.map_err(said)?))
        }
        Predicate::IsSubset(text) => Asked::Subset(network(text)?),
        Predicate::IsSuperset(text) => Asked::Superset(network(text)?),
        Predicate::Exists => Asked::Exists,
    })
}

/// Whether all of an expression can be evaluated.
fn check(expression: &ast::Observation) -> Result<(), Refusal> {
    match expression {
        ast::Observation::Test(comparison) => {
            if types(comparison)?.is_empty() {
                Err(Refusal::Types)
            } else {
                Ok(())
            }
        }
        ast::Observation::And(all) | ast::Observation::Or(all) | ast::Observation::FollowedBy(all) => {
            all.iter().try_for_each(check)
        }
        ast::Observation::Qualified(inner, _) => check(inner),
    }
}

/// The types of which an object may be that satisfies the expression.
fn types(expression: &ast::Comparison) -> Result<BTreeSet<&str>, Refusal> {
    match expression {
        ast::Comparison::And(all) => {
            let mut common: Option<BTreeSet<&str>> = None;
            for inner in all {
                let inner = types(inner)?;
                common = Some(match common {
                    None => inner,
                    Some(before) => before.intersection(&inner).copied().collect(),
                });
            }
            Ok(common.unwrap_or_default())
        }
        ast::Comparison::Or(any) => {
            let mut every = BTreeSet::new();
            for inner in any {
                every.extend(types(inner)?);
            }
            Ok(every)
        }
        ast::Comparison::Proposition(proposition) => {
            asked(&proposition.path, &proposition.predicate)?;
            Ok(BTreeSet::from([proposition.path.kind.as_str()]))
        }
    }
}

/// Observations of which the largest match consists.
fn parts(expression: &ast::Observation) -> u64 {
    match expression {
        ast::Observation::Test(_) => 1,
        ast::Observation::And(all) | ast::Observation::FollowedBy(all) => {
            all.iter().map(parts).fold(0, u64::saturating_add)
        }
        ast::Observation::Or(all) => all.iter().map(parts).max().unwrap_or(0),
        ast::Observation::Qualified(inner, qualifiers) => {
            let single = matches!(**inner, ast::Observation::Test(_));
            qualifiers.iter().fold(parts(inner), |count, qualifier| match qualifier {
                Qualifier::Repeats(times) if !single => count.saturating_mul(*times),
                _ => count,
            })
        }
    }
}

/// The one test that a plan consists of, and when its observation has to be.
fn alone(plan: &Plan, filter: Filter) -> Option<(u32, Filter)> {
    match plan {
        Plan::Test(test) => Some((*test, filter)),
        // One observation is always within itself.
        Plan::Within(inner, _) | Plan::Times(inner, 1) => alone(inner, filter),
        Plan::Between(inner, start, stop) => alone(inner, filter.between(*start, *stop)),
        _ => None,
    }
}

fn seconds_to_micros(seconds: f64) -> i64 {
    // A float that is too large becomes the largest integer, which is what it means here.
    (seconds * 1e6).round() as i64
}

/// What has to be there so that a test can hold: one of these values, or any object of these types.
#[derive(Default)]
struct Needs<'a> {
    values: Vec<(u16, u32, &'a Wanted)>,
    open: BTreeSet<u16>,
}

impl Patterns {
    /// Enters a test where it will be found.
    fn needs(&mut self, test: u32, comparison: &Comparison) {
        let needs = needs(comparison, &self.paths);
        for kind in needs.open {
            self.asked[usize::from(kind)].open.push(test);
        }
        for (kind, path, wanted) in needs.values {
            let exact = &mut self.asked[usize::from(kind)].exact;
            let place = exact.iter().position(|(known, _)| *known == path).unwrap_or_else(|| {
                exact.push((path, super::Exact::default()));
                exact.len() - 1
            });
            let exact = &mut exact[place].1;
            match &wanted.constant {
                Constant::Text(value) => exact.texts.entry(value.clone()).or_default().push(test),
                #[allow(clippy::cast_precision_loss, reason = "a key; the comparison itself is exact")]
                Constant::Integer(number) => {
                    exact.numbers.entry(bits(*number as f64)).or_default().push(test);
                }
                Constant::Float(number) => exact.numbers.entry(bits(*number)).or_default().push(test),
                _ => {}
            }
            if let Some(normal) = &wanted.normal {
                exact.normals.entry(normal.clone()).or_default().push(test);
            }
        }
    }
}

fn needs<'a>(comparison: &'a Comparison, paths: &[Path]) -> Needs<'a> {
    match comparison {
        Comparison::All(all) => {
            let each = all.iter().map(|inner| needs(inner, paths));
            // The fewest values are the rarest; values are rarer than types.
            each.min_by_key(|needs| (!needs.open.is_empty(), needs.values.len())).unwrap_or_default()
        }
        Comparison::Any(any) => {
            let mut all = Needs::default();
            for inner in any {
                let inner = needs(inner, paths);
                all.values.extend(inner.values);
                all.open.extend(inner.open);
            }
            all
        }
        Comparison::One(proposition) => {
            let is_text = paths.get(proposition.path as usize).is_some_and(Path::is_text);
            let wanted = match &proposition.asked {
                Asked::Compare(Operator::Equal, wanted) => std::slice::from_ref(wanted),
                Asked::In(set) => set.as_slice(),
                _ => &[],
            };
            let plain = |wanted: &Wanted| {
                matches!(wanted.constant, Constant::Text(_) | Constant::Integer(_) | Constant::Float(_))
            };
            let exact = is_text && !proposition.negated && !wanted.is_empty() && wanted.iter().all(plain);
            let mut needs = Needs::default();
            if exact {
                needs.values =
                    wanted.iter().map(|wanted| (proposition.kind, proposition.path, wanted)).collect();
            } else {
                needs.open.insert(proposition.kind);
            }
            needs
        }
    }
}
