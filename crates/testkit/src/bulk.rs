//! Large amounts of plausible objects, from a seed: indicators and observables mostly, with the malware, relationships
//! and reports that tie them together.
