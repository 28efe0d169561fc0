//! In builds without the feature: no rule is ever taken, so that nothing is ever asked.

use std::convert::Infallible;

use super::{Found, Head, Limits, Refused, Rules, Source};

/// No rules.
#[derive(Debug, Default)]
pub(super) struct Compiled;

pub(super) fn compile(_: &mut Vec<Source>, _: &mut Vec<Refused>) -> (Vec<Head>, Compiled) {
    (Vec::new(), Compiled)
}

/// Cannot be made.
#[derive(Debug)]
pub struct Scanner<'a> {
    never: Infallible,
    rules: std::marker::PhantomData<&'a Rules>,
}

impl<'a> Scanner<'a> {
    /// Nothing: there are no rules.
    pub fn new(_: &'a Rules, _: Limits) -> Option<Self> {
        None
    }

    /// Bytes of the largest file that may be asked about.
    pub fn most(&self) -> u64 {
        match self.never {}
    }

    pub fn scan(&mut self, _: &str, _: &[u8]) -> Result<Vec<Found>, String> {
        match self.never {}
    }
}
