//! Kizuna: store.
