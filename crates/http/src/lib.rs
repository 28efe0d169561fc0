//! Kizuna: http.
