//! Kizuna: taxii.
