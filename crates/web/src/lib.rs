//! Kizuna: web.
