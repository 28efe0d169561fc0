//! The files that pages load: one style sheet, one script, one icon; embedded, named by their digest so that a browser
//! keeps them until they change.

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    pub name: &'static str,
    pub media: &'static str,
    pub bytes: &'static [u8],
    digest: u64,
}

impl Asset {
    const fn new(name: &'static str, media: &'static str, bytes: &'static [u8]) -> Self {
        Self { name, media, bytes, digest: fnv1a(bytes) }
    }

    /// Its path, with the digest of its bytes.
    pub fn path(&self) -> String {
        format!("/assets/{}?v={:016x}", self.name, self.digest)
    }
}

/// The style sheet is written in parts and served as one file.
macro_rules! style {
    ($($part:literal),+) => {
        /// The parts in the order in which they stand in the style sheet.
        pub const STYLE_PARTS: &[&str] = &[$($part),+];
        pub static STYLE: Asset = Asset::new(
            "kizuna.css",
            "text/css; charset=utf-8",
            concat!($(include_str!(concat!("../assets/style/", $part, ".css"))),+).as_bytes(),
        );
    };
}

style!(
    "tokens",
    "type",
    "label",
    "frame",
    "components",
    "lists",
    "object",
    "demonstration",
    "releases",
    "notices",
    "breadth",
    "print"
);

pub static SCRIPT: Asset =
    Asset::new("kizuna.js", "text/javascript; charset=utf-8", include_bytes!("../assets/kizuna.js"));
pub static ICON: Asset = Asset::new("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg"));

/// The file with this name.
pub fn find(name: &str) -> Option<&'static Asset> {
    [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.name == name)
}

/// FNV-1a: tells versions of a file apart, nothing more.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        hash ^= bytes[index] as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    hash
}
