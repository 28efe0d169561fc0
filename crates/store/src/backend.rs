//! What an engine must do: rows and indexes, no gate.
