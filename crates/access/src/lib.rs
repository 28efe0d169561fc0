//! Kizuna: access.
