//! The STIX pattern language (STIX 2.1 §9).
