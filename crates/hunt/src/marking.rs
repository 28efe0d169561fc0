//! The levels of TLP, and the marking definitions that stand for them everywhere.

/// TLP 2.0's by the OASIS extension, then TLP 1's by STIX 2.1 §7.2.1.4; the older name of a level behind the newer.
const LEVELS: [(&str, &str); 10] = [
    ("CLEAR", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    ("WHITE", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    ("GREEN", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"),
    ("AMBER+STRICT", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"),
    ("AMBER", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"),
    ("RED", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
    ("WHITE", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"),
    ("GREEN", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"),
    ("AMBER", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"),
    ("RED", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
];

/// The marking definition of a level of TLP, named in capitals without `TLP:`.
pub fn of_level(name: &str) -> Option<&'static str> {
    LEVELS.iter().find(|(level, _)| *level == name).map(|(_, id)| *id)
}

/// The level for which a marking definition stands: `TLP:AMBER`; nothing for every other marking.
pub fn level_of(id: &str) -> Option<String> {
    LEVELS.iter().find(|(_, known)| *known == id).map(|(level, _)| format!("TLP:{level}"))
}
