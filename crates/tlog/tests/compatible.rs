//! Tiles, checkpoints, notes and proofs, checked by another implementation of the C2SP formats: the crates `signed_note`
//! and `tlog_tiles`. Only tests use them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kizuna_tlog::tree::{Tiles, Tree};
use kizuna_tlog::{Checkpoint, Hash, Head, Note, ProofFile, Signer, Tile, leaf_hash, proof};
use signed_note::{Note as TheirNote, StandardVerifier, VerifierList};
use tlog_tiles::{Checkpoint as TheirCheckpoint, HashReader, TileHashReader, TileReader, stored_hash_index};

const ORIGIN: &str = "kizuna.example/log";
const SIZE: u64 = 70_000;

/// A log whose tiles are kept level by level.
struct Kept {
    levels: Vec<Vec<Hash>>,
}

impl Kept {
    fn new(size: u64) -> Self {
        let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        let mut levels = vec![leaves];
        while levels.last().is_some_and(|below| below.len() >= 256) {
            let below = levels.last().unwrap();
            levels.push(below.chunks_exact(256).filter_map(Tile::root).collect());
        }
        Self { levels }
    }

    fn served(&self, tile: Tile) -> Option<Vec<u8>> {
        let first = usize::try_from(tile.index * 256).ok()?;
        let hashes = self.levels.get(usize::from(tile.level))?.get(first..first + usize::from(tile.width))?;
        Some(hashes.iter().flat_map(|hash| hash.0).collect())
    }

    fn checkpoint(&self, size: u64) -> Note {
        let head = Head { size, root: Tree::new(self, size).root().unwrap() };
        let text = Checkpoint::new(ORIGIN, head).text();
        Note::new(text.clone(), vec![signer(ORIGIN, 7).sign(&text)]).unwrap()
    }
}

impl Tiles for Kept {
    type Error = ();

    fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, ()> {
        let octets = self.served(tile).ok_or(())?;
        Ok(octets.chunks_exact(32).map(|octets| Hash(octets.try_into().unwrap())).collect())
    }
}

/// Their client asks by path, as over HTTP; their paths name the height of tiles too.
impl TileReader for Kept {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let served = |tile: &tlog_tiles::Tile| {
            let path = tile.path();
            let ours: Tile = path.strip_prefix("tile/8/").unwrap().parse().unwrap();
            assert_eq!(format!("tile/8/{ours}"), path);
            self.served(ours).ok_or(tlog_tiles::Error::InvalidTile)
        };
        tiles.iter().map(served).collect()
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(name.parse().unwrap(), &[seed; 32])
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

#[test]
fn they_verify_our_checkpoints_by_our_key_whatever_else_has_signed() {
    let mut note = Kept::new(300).checkpoint(300);
    let text = note.text().to_owned();
    note.add(signer("witness.example/w", 9).cosigner().sign(&text, 1_700_000_000));
    let key = signer(ORIGIN, 7).verifier().to_string();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&key).unwrap())]);
    let read = TheirNote::from_bytes(note.to_string().as_bytes()).unwrap();
    let (verified, unknown) = read.verify(&known).unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 1));
    let checkpoint = TheirCheckpoint::from_bytes(read.text()).unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size()), (ORIGIN, 300));
    let forged = note.to_string().replacen("300", "301", 1);
    assert!(TheirNote::from_bytes(forged.as_bytes()).unwrap().verify(&known).is_err());
}

#[test]
fn we_verify_their_notes() {
    let public = signer("theirs.example/log", 5).verifier().to_string();
    let id = public.split('+').nth(1).unwrap();
    let secret =
        format!("PRIVATE+KEY+theirs.example/log+{id}+{}", STANDARD.encode([&[1][..], &[5; 32]].concat()));
    let text = "theirs.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let mut note = TheirNote::new(text.as_bytes(), &[]).unwrap();
    note.add_sigs(&[&signed_note::StandardSigner::new(&secret).unwrap()]).unwrap();
    let read = Note::read(&note.to_bytes()).unwrap();
    assert!(read.is_signed_by(&public.parse().unwrap()));
    assert_eq!(Checkpoint::read(read.text()).unwrap().head.root, Hash::of_nothing());
}

#[test]
fn they_prove_from_our_tiles_what_we_prove() {
    let kept = Kept::new(SIZE);
    for size in [1, 255, 256, 257, 65_535, 65_536, SIZE] {
        let root = Tree::new(&kept, size).root().unwrap();
        let reader = TileHashReader::new(size, theirs(root), &kept);
        for index in [0, size / 3, size - 1] {
            let ours = Tree::new(&kept, size).inclusion(index).unwrap();
            let read = tlog_tiles::prove_record(size, index, &reader).unwrap();
            assert_eq!(read, ours.iter().map(|hash| theirs(*hash)).collect::<Vec<_>>());
            let leaf = kept.levels[0][usize::try_from(index).unwrap()];
            tlog_tiles::check_record(&read, size, theirs(root), index, theirs(leaf)).unwrap();
            assert_eq!(reader.read_hashes(&[stored_hash_index(0, index)]).unwrap(), [theirs(leaf)]);
        }
        for old in [1, size / 2 + 1, size] {
            let old_root = Tree::new(&kept, old).root().unwrap();
            let ours = Tree::new(&kept, size).consistency(old).unwrap();
            let path = ours.iter().map(|hash| theirs(*hash)).collect();
            tlog_tiles::check_tree(&path, size, theirs(root), old, theirs(old_root)).unwrap();
            let read = tlog_tiles::prove_tree(size, old, &reader).unwrap();
            let read: Vec<Hash> = read.into_iter().map(|hash| Hash(hash.0)).collect();
            assert_eq!(read, ours);
            assert_eq!(proof::consistency(old, size, &read, &old_root, &root), Ok(()));
        }
    }
}

#[test]
fn they_check_what_stands_in_our_proof_file() {
    let kept = Kept::new(1_000);
    let path = Tree::new(&kept, 1_000).inclusion(613).unwrap();
    let file = ProofFile { extra: None, index: 613, path, checkpoint: kept.checkpoint(1_000) }.to_string();
    // As whoever knows the format takes it apart.
    let (head, checkpoint) = file.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    let index: u64 = lines.next().unwrap().strip_prefix("index ").unwrap().parse().unwrap();
    let path = lines.map(|line| tlog_tiles::Hash::parse_hash(line).unwrap()).collect();
    let note = TheirNote::from_bytes(checkpoint.as_bytes()).unwrap();
    let checkpoint = TheirCheckpoint::from_bytes(note.text()).unwrap();
    let leaf = tlog_tiles::record_hash(&613_u64.to_be_bytes());
    tlog_tiles::check_record(&path, checkpoint.size(), *checkpoint.hash(), index, leaf).unwrap();
}
