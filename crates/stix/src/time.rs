//! STIX timestamps (STIX 2.1 §2.16).
