//! What is taken from the tags and the metadata of a rule.

use super::Head;
use crate::marking;

impl Head {
    /// Takes what a metadata entry says.
    pub(super) fn take(&mut self, key: &str, value: &str) {
        let key = key.to_ascii_lowercase();
        match key.as_str() {
            "description" | "desc" if self.description.is_empty() => value.clone_into(&mut self.description),
            "reference" | "ref" | "url" if self.reference.is_empty() => value.clone_into(&mut self.reference),
            "tlp" | "sharing" => self.level(value),
            "pap" => self.permit(value),
            _ => {}
        }
        if ["mitre", "attack", "att_ck", "technique"].iter().any(|word| key.contains(word)) {
            self.add_techniques(value);
        }
    }

    /// Takes what a tag says; a tag has no signs, so that `T1059_001` is `T1059.001`.
    pub(super) fn tag(&mut self, tag: &str) {
        let upper = tag.to_ascii_uppercase();
        if let Some(level) = upper.strip_prefix("TLP_") {
            self.level(&level.replace('_', "+"));
        } else if let Some(action) = upper.strip_prefix("PAP_") {
            self.permit(action);
        }
        self.add_techniques(tag);
        self.tags.push(tag.to_owned());
    }

    fn level(&mut self, value: &str) {
        let upper = value.to_ascii_uppercase();
        let named = upper.trim().trim_start_matches("TLP").trim_start_matches([':', '-', ' ', '_']);
        let named = named.replace([' ', '-', '_'], "+");
        if let Some(id) = marking::of_level(&named) {
            self.markings = vec![id.to_owned()];
        }
    }

    fn permit(&mut self, value: &str) {
        let upper = value.to_ascii_uppercase();
        let named = upper.trim().trim_start_matches("PAP").trim_start_matches([':', '-', ' ', '_']);
        let named = if named == "WHITE" { "CLEAR" } else { named };
        if ["CLEAR", "GREEN", "AMBER", "RED"].contains(&named) {
            self.pap = Some(format!("PAP:{named}"));
        }
    }

    fn add_techniques(&mut self, text: &str) {
        for technique in techniques(text) {
            if !self.techniques.contains(&technique) {
                self.techniques.push(technique);
            }
        }
    }
}

/// Ids of ATT&CK techniques in a text: `T1059`, `T1059.001`, also `t1059_001`, none of them within a longer word.
pub(super) fn techniques(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
    let id = |word: &str| {
        let word = word.trim_matches(['.', '_']).to_ascii_uppercase().replace('_', ".");
        // `attack.t1059`, as tags of Sigma are written.
        let word = word.strip_prefix("ATTACK.").unwrap_or(&word);
        let (technique, part) = word.split_once('.').unwrap_or((word, ""));
        let digits = technique.strip_prefix('T')?;
        let is_number = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        let is_id = is_number(digits, 4) && (part.is_empty() || is_number(part, 3));
        is_id.then(|| word.to_owned())
    };
    text.split(|c| !is_part(c)).filter_map(id).collect()
}
