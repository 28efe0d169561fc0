//! Kizuna: testkit.
