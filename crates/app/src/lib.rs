//! Kizuna: app.
