//! Kizuna: api.
