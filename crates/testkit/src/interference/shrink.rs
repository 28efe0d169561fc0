//! Makes a failing script short enough to read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::generate::Script;

/// Runs of the script after which it is short enough.
const TRIES: u32 = 2000;

/// Takes steps away, in halves, then quarters, then one by one, as long as the script still fails. A script that does
/// what is not allowed without the steps taken (it panics) does not count as failing.
pub fn shrink(script: &Script, fails: impl Fn(&Script) -> bool) -> Script {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let least = take_away(script, &fails);
    std::panic::set_hook(hook);
    least
}

fn take_away(script: &Script, fails: &impl Fn(&Script) -> bool) -> Script {
    let tries = std::cell::Cell::new(0);
    let still_fails = |script: &Script| {
        tries.set(tries.get() + 1);
        tries.get() < TRIES && catch_unwind(AssertUnwindSafe(|| fails(script))).unwrap_or(false)
    };
    let mut least = script.clone();
    // The last questions first: most of them have nothing to do with it.
    for part in [Part::Battery, Part::Steps] {
        let mut size = part.of(&least).len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < part.of(&least).len() {
                let mut fewer = least.clone();
                let steps = part.of_mut(&mut fewer);
                let end = (at + size).min(steps.len());
                steps.drain(at..end);
                if still_fails(&fewer) {
                    least = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }
    least
}

#[derive(Clone, Copy)]
enum Part {
    Battery,
    Steps,
}

impl Part {
    fn of(self, script: &Script) -> &Vec<crate::script::Step> {
        match self {
            Self::Battery => &script.battery,
            Self::Steps => &script.steps,
        }
    }

    fn of_mut(self, script: &mut Script) -> &mut Vec<crate::script::Step> {
        match self {
            Self::Battery => &mut script.battery,
            Self::Steps => &mut script.steps,
        }
    }
}
