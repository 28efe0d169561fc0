//! Disks of their own for a test: small ones in memory, and images whose unsynced writes can be dropped. They need root,
//! which ignores file modes; where mounting is not permitted a line says so.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system, gone when dropped.
pub struct Disk {
    pub path: PathBuf,
    /// The file that it is in, where it is not in memory.
    image: Option<PathBuf>,
    place: tempfile::TempDir,
}

impl Disk {
    /// In memory, of a size such as `6m`.
    pub fn in_memory(size: &str) -> Option<Self> {
        let options = format!("size={size}");
        Self::mounted(None, &["-t", "tmpfs", "-o", &options, "tmpfs"])
    }

    /// An ext4 in a file of its own. What is written and not synced stays in memory: nothing is written back by itself
    /// for the length of a test.
    pub fn in_image(mebibytes: u64) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let image = place.path().join("image");
        let file = std::fs::File::create(&image).unwrap();
        file.set_len(mebibytes << 20).unwrap();
        drop(file);
        let made = Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&image).output();
        if !made.is_ok_and(|made| made.status.success()) {
            println!("skipped: mkfs.ext4 cannot be run");
            return None;
        }
        Self::mounted_in(place, Some(image.clone()), &["-o", IMAGE_OPTIONS, &image.display().to_string()])
    }

    fn mounted(image: Option<PathBuf>, arguments: &[&str]) -> Option<Self> {
        Self::mounted_in(tempfile::tempdir().unwrap(), image, arguments)
    }

    fn mounted_in(place: tempfile::TempDir, image: Option<PathBuf>, arguments: &[&str]) -> Option<Self> {
        let path = place.path().join("disk");
        std::fs::create_dir(&path).unwrap();
        // A server of another user goes through it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(place.path(), open).unwrap();
        if mount(arguments, &path) {
            return Some(Self { path, image, place });
        }
        println!("skipped: mounting a disk of its own is not permitted here");
        None
    }

    /// Mounts it again with other options.
    pub fn again(&self, options: &str) -> bool {
        mount(&["-o", &format!("remount,{options}")], &self.path)
    }

    /// Everything written so far is on the disk.
    pub fn sync(&self) {
        assert!(Command::new("sync").arg("-f").arg(&self.path).status().unwrap().success());
    }

    /// What a power cut leaves: all that reached the disk, and nothing that was only in memory. Nobody may have a file
    /// of it open.
    pub fn cut_power(&mut self) {
        let image = self.image.clone().expect("a disk in an image");
        let copy = self.place.path().join("copy");
        std::fs::copy(&image, &copy).unwrap();
        self.unmount();
        // Unmounting wrote the rest into the old image, which goes.
        std::fs::rename(&copy, &image).unwrap();
        self.mount_image();
    }

    /// Unmounts and mounts it, as after a repair.
    pub fn mount_again(&mut self) {
        self.unmount();
        self.mount_image();
    }

    fn mount_image(&self) {
        let image = self.image.as_ref().expect("a disk in an image").display().to_string();
        assert!(mount(&["-o", IMAGE_OPTIONS, &image], &self.path), "it is mounted again");
    }

    fn unmount(&self) {
        let begun = std::time::Instant::now();
        while !Command::new("umount").arg(&self.path).output().unwrap().status.success() {
            assert!(begun.elapsed().as_secs() < 60, "somebody still uses the disk");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

/// No commit of its journal unless somebody syncs.
const IMAGE_OPTIONS: &str = "loop,commit=3600";

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}

fn mount(arguments: &[&str], path: &Path) -> bool {
    let output = Command::new("mount").args(arguments).arg(path).output();
    output.is_ok_and(|output| output.status.success())
}
