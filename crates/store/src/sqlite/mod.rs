//! SQLite in the process.
