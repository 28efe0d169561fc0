//! Backing a node up into one file, and restoring it, into whichever engine.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use kizuna_store::writer::Actor;
use kizuna_store::{Checked, Options, Store, archive};

use crate::node::create_private;
use crate::{AppError, Config, Node};

/// Keys that lie in files beside a `SQLite` database, and in the database where several processes share it.
const KEY_FILES: [&str; 2] = ["node.key", "credentials.key"];
/// Its user's alone: it holds all content, and the node's secrets.
const OWNER_ONLY: u32 = 0o600;
/// Node state: secrets, by name.
const SECRETS: &str = "secret";

impl Node {
    /// Writes a backup of everything, consistent as of now, into a new file; how many contributions it holds. The node
    /// goes on meanwhile. The file is there under its name only once it is whole and on disk.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] where the file exists or cannot be written.
    pub fn back_up(&self, file: &Path, progress: archive::Progress<'_>) -> Result<u64, AppError> {
        let unusable = |error: std::io::Error| AppError::Unavailable(format!("{}: {error}", file.display()));
        if file.exists() {
            return Err(AppError::Unavailable(format!("{}: is there already", file.display())));
        }
        let secrets = self.keys_beside()?;
        let mut name = file.as_os_str().to_owned();
        name.push(".part");
        let draft = Path::new(&name);
        let made = File::options().create(true).truncate(true).write(true).mode(OWNER_ONLY).open(draft);
        let mut packed = GzEncoder::new(BufWriter::new(made.map_err(unusable)?), Compression::fast());
        let dangerous = self.store.dangerous("backup", Actor::Operator)?;
        let saved = dangerous.back_up(&secrets, &mut packed, progress)?;
        let written = packed.finish().map_err(unusable)?;
        let written = written.into_inner().map_err(|error| unusable(error.into_error()))?;
        written.sync_all().map_err(unusable)?;
        std::fs::rename(draft, file).map_err(unusable)?;
        let place = file.parent().filter(|place| !place.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(place).and_then(|place| place.sync_all()).map_err(unusable)?;
        Ok(saved)
    }

    fn keys_beside(&self) -> Result<Vec<(String, Vec<u8>)>, AppError> {
        let mut keys = Vec::new();
        for name in KEY_FILES.into_iter().filter(|_| !self.is_shared()) {
            let path = self.data().join(name);
            if path.exists() {
                let key = std::fs::read(&path)
                    .map_err(|error| AppError::Unavailable(format!("{}: {error}", path.display())))?;
                keys.push((name.to_owned(), key));
            }
        }
        Ok(keys)
    }
}

/// Restores a backup into a new data directory or an empty database, and checks every digest of it.
///
/// # Errors
/// [`AppError::Unavailable`] where there is a node already, or the backup is broken.
pub fn restore(config: &Config, file: &Path, progress: archive::Progress<'_>) -> Result<Checked, AppError> {
    create_private(&config.data)?;
    let options = || Options {
        directory: config.data.clone(),
        database: config.database.clone(),
        clock: config.clock.clone(),
        readers: config.readers,
    };
    let open = || Ok(Box::new(GzDecoder::new(BufReader::new(File::open(file)?))) as Box<dyn Read>);
    let restored = archive::restore(options(), &open, progress);
    let checked = restored.map_err(|error| AppError::Unavailable(error.to_string()))?;
    if config.database.is_none() {
        put_keys_beside(&Store::open(options())?, &config.data)?;
    }
    Ok(checked)
}

/// Puts the keys that lie beside a database into their files.
fn put_keys_beside(store: &Store, data: &Path) -> Result<(), AppError> {
    for name in KEY_FILES {
        let Some(key) = store.state(SECRETS, name)? else { continue };
        let path = data.join(name);
        let unusable = |error: std::io::Error| AppError::Unavailable(format!("{}: {error}", path.display()));
        let mut file = File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(OWNER_ONLY)
            .open(&path)
            .map_err(unusable)?;
        file.set_permissions(std::fs::Permissions::from_mode(OWNER_ONLY)).map_err(unusable)?;
        file.write_all(&key).and_then(|()| file.sync_all()).map_err(unusable)?;
        store.writer().set_state(SECRETS, name, None, None)?;
    }
    File::open(data)
        .and_then(|place| place.sync_all())
        .map_err(|error| AppError::Unavailable(format!("{}: {error}", data.display())))
}
