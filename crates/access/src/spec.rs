//! The text form of labels: `tlp:amber rel:JPN,EST class:EXERCISE/SECRET orcon`.

use crate::directory::Directory;
use crate::party::Party;

/// A party as label text writes it.
pub fn party_text(party: &Party, names: &Directory) -> String {
    match party {
        Party::World => "world".to_owned(),
        Party::Country(country) => country.to_string(),
        Party::Community(id) => {
            names.community(*id).map_or_else(|| id.to_string(), |known| known.name.clone())
        }
        Party::Member(id) => names.member(*id).map_or_else(|| id.to_string(), |known| known.name.clone()),
        Party::ClientsOf(id) => {
            let of = names.member(*id).map_or_else(|| id.to_string(), |known| known.name.clone());
            format!("clients:{of}")
        }
        Party::Person(id) => {
            let email = names.person(*id).map_or_else(|| id.to_string(), |known| known.email.clone());
            format!("person:{email}")
        }
    }
}
