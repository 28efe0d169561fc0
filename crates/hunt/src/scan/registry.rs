//! Registry keys: found by the name of their hive, whole or with what lies below them.

use kizuna_stix::observable::{Kind, Observable};

use super::Finder;
use crate::index::What;
use crate::index::key::{self, Seed};
use crate::machine::BLOCK;

/// Longest path that is followed, in bytes.
const LONGEST: usize = 1024;
/// The longest name of a hive, `hkey_performance_data`, and a colon.
const HIVE: usize = 22;

impl Finder<'_> {
    pub(super) fn registry(&mut self) {
        for block in 0..self.tile.blocks() {
            let mut slashes = self.tile.word(block).backslash;
            while slashes != 0 {
                self.hive(block * BLOCK + slashes.trailing_zeros() as usize);
                slashes &= slashes - 1;
            }
        }
    }

    /// Looks a path up whose hive ends before the backslash at `at`.
    fn hive(&mut self, at: usize) {
        let text = self.tile.text;
        let name_end = if self.tile.before(at) == b':' { at - 1 } else { at };
        let length = text[..name_end]
            .iter()
            .rev()
            .take(HIVE)
            .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_')
            .count();
        let name = text[name_end - length..name_end].to_ascii_lowercase();
        let start = name_end - length;
        let kernel = || {
            let head = &text[start.saturating_sub(12)..start];
            let head: Vec<u8> =
                head.iter().filter(|byte| **byte != b'\\').map(u8::to_ascii_lowercase).collect();
            head.ends_with(b"registry")
        };
        let hive: &[u8] = match name.as_slice() {
            b"hklm" | b"hkey_local_machine" => b"hkey_local_machine",
            b"hkcu" | b"hkey_current_user" => b"hkey_current_user",
            b"hkcr" | b"hkey_classes_root" => b"hkey_classes_root",
            b"hku" | b"hkey_users" => b"hkey_users",
            b"hkcc" | b"hkey_current_config" => b"hkey_current_config",
            b"hkpd" | b"hkey_performance_data" => b"hkey_performance_data",
            b"machine" if kernel() => b"hkey_local_machine",
            b"user" if kernel() => b"hkey_users",
            _ => return,
        };
        self.follow(start, at, hive);
    }

    /// Asks at every end that the path may have, and at every backslash in it.
    fn follow(&mut self, start: usize, from: usize, hive: &[u8]) {
        let text = self.tile.text;
        let mut path = hive.to_vec();
        let mut position = from;
        let limit = text.len().min(from + LONGEST);
        while position < limit {
            let byte = text[position];
            let ends = byte < b' ' || matches!(byte, b'"' | b'<' | b'>' | b'*');
            if byte == b'\\' {
                if text.get(position + 1) == Some(&b'"') {
                    break;
                }
                if path.last() != Some(&b'\\') {
                    self.ask(start, &path);
                    path.push(b'\\');
                }
            } else if ends {
                break;
            } else {
                if matches!(byte, 0xc0..|b' '| b',' | b';' | b'|' | b'\'' | b')' | b']' | b'}' | b':' | b'=')
                {
                    self.ask(start, &path);
                }
                path.push(byte.to_ascii_lowercase());
            }
            position += 1;
        }
        self.ask(start, &path);
    }

    fn ask(&mut self, start: usize, path: &[u8]) {
        let path = path.strip_suffix(b"\\").unwrap_or(path);
        let key = key::of(Seed::Registry, path);
        if !self.probes.admits(key) {
            return;
        }
        for number in self.probes.under(key) {
            let entry = self.index.entry(number);
            if entry.what != What::Value(Kind::RegistryKey) {
                continue;
            }
            let normal = self.index.normal(&entry);
            let read = || {
                let text = std::str::from_utf8(path).ok()?;
                Observable::new(Kind::RegistryKey, text).map(|key| key.value)
            };
            if normal == path || read().is_some_and(|path| path.as_bytes() == normal) {
                self.hit(start, number);
            }
        }
    }
}
