//! What a line tells of a machine: files, processes, accounts, the registry.

use serde_json::{Map, Value, json};

use super::super::fields;
use super::Maker;

impl Maker<'_, '_> {
    pub(super) fn host(&mut self) {
        const KINDS: [&str; 6] =
            ["file", "process", "directory", "windows-registry-key", "user-account", "win-registry-key"];
        if !self.asked(&KINDS) {
            return;
        }
        let user = self.user();
        let hashes = self.hashes([fields::MD5, fields::SHA1, fields::SHA256, fields::SHA512]);
        let image = self.text(fields::IMAGE);
        if self.text(fields::FILE_NAME).is_some() || (!hashes.is_empty() && image.is_none()) {
            let id = self.file(self.text(fields::FILE_NAME).as_deref(), hashes);
            let (size, form) = (self.number(fields::FILE_SIZE), self.text(fields::FILE_TYPE));
            if let Some((_, Value::Object(file))) =
                self.made.iter_mut().find(|(known, _)| Some(known) == id.as_ref())
            {
                file.extend(size.map(|size| ("size".to_owned(), size)));
                file.extend(form.map(|form| ("mime_type".to_owned(), json!(form))));
            }
        }
        self.process(image, user);
        self.registry();
    }

    fn user(&mut self) -> Option<String> {
        let name = self.text(fields::USER)?;
        let account = |login: &str| Map::from_iter([("account_login".to_owned(), json!(login))]);
        let mut whole = account(&name);
        whole.extend(self.text(fields::USER_ID).map(|id| ("user_id".to_owned(), json!(id))));
        if let Some((_, login)) = name.rsplit_once('\\') {
            self.add("user-account", account(login));
        }
        self.add("user-account", whole)
    }

    fn file(&mut self, path: Option<&str>, mut hashes: Map<String, Value>) -> Option<String> {
        let mut file = Map::new();
        if let Some(path) = path {
            let (folder, name) = path.rsplit_once(['\\', '/']).unwrap_or(("", path));
            file.insert("name".to_owned(), json!(name));
            file.insert("path".to_owned(), json!(path));
            if !folder.is_empty() {
                let folder = self.add_value("directory", folder, "path");
                file.extend(folder.map(|id| ("parent_directory_ref".to_owned(), json!(id))));
            }
        }
        if self.one("TargetFilename").is_some() || self.one("ImageLoaded").is_some() {
            hashes.extend(self.listed_hashes());
        }
        if !hashes.is_empty() {
            file.insert("hashes".to_owned(), Value::Object(hashes));
        }
        self.add("file", file)
    }

    fn process(&mut self, image: Option<String>, user: Option<String>) {
        let command = self.text(fields::COMMAND);
        if image.is_none() && command.is_none() {
            return;
        }
        let of_file = self.one("TargetFilename").is_some() || self.one("ImageLoaded").is_some();
        let mut hashes =
            self.hashes([fields::IMAGE_MD5, fields::IMAGE_SHA1, fields::IMAGE_SHA256, fields::IMAGE_SHA512]);
        if !of_file {
            hashes.extend(self.listed_hashes());
        }
        let parent = (self.text(fields::PARENT_IMAGE), self.text(fields::PARENT_COMMAND));
        let parent_pid = self.number(fields::PARENT_PID);
        let parent = if parent.0.is_some() || parent.1.is_some() || parent_pid.is_some() {
            self.one_process(parent.0, parent.1, parent_pid, Map::new())
        } else {
            None
        };
        let pid = self.number(fields::PID);
        let id = self.one_process(image, command, pid, hashes);
        let folder = self.text(fields::FOLDER);
        if let Some((_, Value::Object(process))) =
            self.made.iter_mut().find(|(known, _)| Some(known) == id.as_ref())
        {
            process.extend(folder.map(|folder| ("cwd".to_owned(), json!(folder))));
            process.extend(parent.map(|id| ("parent_ref".to_owned(), json!(id))));
            process.extend(user.map(|id| ("creator_user_ref".to_owned(), json!(id))));
        }
    }

    fn one_process(
        &mut self,
        image: Option<String>,
        command: Option<String>,
        pid: Option<Value>,
        hashes: Map<String, Value>,
    ) -> Option<String> {
        let mut process = Map::new();
        if let Some(image) = image {
            let name = image.rsplit(['\\', '/']).next().unwrap_or_default().to_owned();
            let mut file =
                Map::from_iter([("name".to_owned(), json!(name)), ("path".to_owned(), json!(image))]);
            if let Some((folder, _)) = image.rsplit_once(['\\', '/']) {
                let folder = self.add_value("directory", folder, "path");
                file.extend(folder.map(|id| ("parent_directory_ref".to_owned(), json!(id))));
            }
            if !hashes.is_empty() {
                file.insert("hashes".to_owned(), Value::Object(hashes));
            }
            let id = self.add("file", file);
            // STIX 2.0 had the name of a process, and patterns still ask for it.
            process.insert("name".to_owned(), json!(name));
            process.extend(id.map(|id| ("image_ref".to_owned(), json!(id))));
        }
        process.extend(command.map(|command| ("command_line".to_owned(), json!(command))));
        process.extend(pid.map(|pid| ("pid".to_owned(), pid)));
        self.add("process", process)
    }

    fn registry(&mut self) {
        let Some(written) = self.text(fields::REGISTRY_KEY) else { return };
        let key = long_name(&written);
        let data = self.text(fields::REGISTRY_DATA);
        let named = self.text(fields::REGISTRY_NAME);
        self.add_value("windows-registry-key", &key, "key");
        // What was written may be the key with the name of a value behind it.
        let (parent, name) = match (key.rsplit_once('\\'), named) {
            (Some((parent, last)), Some(name)) if last == name => (parent, name),
            (_, Some(name)) => (key.as_str(), name),
            (Some((parent, last)), None) if data.is_some() => (parent, last.to_owned()),
            _ => return,
        };
        let mut value = json!({ "name": name });
        if let Some(data) = data {
            value["data"] = json!(data);
        }
        let properties =
            Map::from_iter([("key".to_owned(), json!(parent)), ("values".to_owned(), json!([value]))]);
        self.add("windows-registry-key", properties);
    }
}

/// A registry key with the long name of its root, as STIX wants it.
fn long_name(key: &str) -> String {
    const ROOTS: [(&str, &str); 7] = [
        ("HKLM", "HKEY_LOCAL_MACHINE"),
        ("HKCU", "HKEY_CURRENT_USER"),
        ("HKCR", "HKEY_CLASSES_ROOT"),
        ("HKU", "HKEY_USERS"),
        ("HKCC", "HKEY_CURRENT_CONFIG"),
        ("\\REGISTRY\\MACHINE", "HKEY_LOCAL_MACHINE"),
        ("\\REGISTRY\\USER", "HKEY_USERS"),
    ];
    for (short, long) in ROOTS {
        let head = key.get(..short.len()).filter(|head| head.eq_ignore_ascii_case(short));
        if head.is_some() && matches!(key.as_bytes().get(short.len()), None | Some(b'\\')) {
            return format!("{long}{}", &key[short.len()..]);
        }
    }
    key.to_owned()
}
