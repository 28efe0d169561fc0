//! A wire between two network namespaces that is as bad as it is told to be.
//!
//! Each end is a TUN device in a namespace of its own; packets between them are carried by threads of the test, which
//! delay, drop and throttle them. So it is the kernel's TCP that meets the bad link, and no kernel module is needed.

use std::fs::File;
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tun_rs::{DeviceBuilder, SyncDevice};

/// Octets of a packet at most, with room to spare.
const PACKET: usize = 2_048;
/// What waits at a throttled end at most; more is dropped, as a router does.
const QUEUE: Duration = Duration::from_millis(1_500);

/// What a wire does to a packet.
#[derive(Debug, Clone, Copy, Default)]
pub struct Conditions {
    /// One way.
    pub delay: Duration,
    /// Of a thousand packets, how many are lost.
    pub lost: u64,
    /// Octets a second, each way; 0 is no limit.
    pub rate: u64,
    /// Whether nothing gets from the first end to the second.
    pub cut_there: bool,
    /// Whether nothing gets back.
    pub cut_back: bool,
}

impl Conditions {
    /// Nothing passes, and nobody is told.
    pub const CUT: Self = Self { delay: Duration::ZERO, lost: 0, rate: 0, cut_there: true, cut_back: true };
}

/// One end: a namespace with an address.
#[derive(Debug, Clone)]
pub struct End {
    pub namespace: String,
    pub address: Ipv4Addr,
}

/// A wire; its namespaces go when it is dropped.
pub struct Wire {
    pub ends: [End; 2],
    conditions: Arc<Mutex<Conditions>>,
}

impl Wire {
    /// A wire that does no harm yet; nothing, with a line that says why, where the machine does not permit one.
    pub fn new() -> Option<Self> {
        match Self::laid() {
            Ok(wire) => Some(wire),
            Err(reason) => {
                println!("skipped: no network namespaces of the test's own here ({reason})");
                None
            }
        }
    }

    fn laid() -> Result<Self, String> {
        static WIRES: AtomicU32 = AtomicU32::new(0);
        let name = format!("kz{}x{}", std::process::id(), WIRES.fetch_add(1, Ordering::Relaxed));
        let end = |side: &str, last| End {
            namespace: format!("{name}{side}"),
            address: Ipv4Addr::new(10, 77, 0, last),
        };
        // Namespaces that are the machine's first are not made side by side: the place where they are named is made then.
        let turn = File::create(std::env::temp_dir().join("kizuna-namespaces"))
            .map_err(|error| error.to_string())?;
        turn.lock().map_err(|error| error.to_string())?;
        let wire = Self { ends: [end("a", 1), end("b", 2)], conditions: Arc::default() };
        let devices = [wire.ends[0].device()?, wire.ends[1].device()?].map(Arc::new);
        for (from, to, is_there) in [(0, 1, true), (1, 0, false)] {
            carry(&devices[from], &devices[to], &wire.conditions, is_there);
        }
        Ok(wire)
    }

    /// From now on.
    pub fn set(&self, conditions: Conditions) {
        *self.conditions.lock().unwrap() = conditions;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        for end in &self.ends {
            // Where it was never made there is nothing to take away.
            let _ = ip(&["netns", "del", &end.namespace]);
        }
    }
}

impl End {
    /// The namespace, and in it a device with the address; what is sent to it is read here.
    fn device(&self) -> Result<SyncDevice, String> {
        let namespace = self.namespace.as_str();
        let address = format!("{}/30", self.address);
        ip(&["netns", "add", namespace])?;
        let device = DeviceBuilder::new().name(namespace).enable(false).build_sync();
        let device = device.map_err(|error| format!("no TUN device: {error}"))?;
        ip(&["link", "set", namespace, "netns", namespace])?;
        ip(&["-n", namespace, "address", "add", &address, "dev", namespace])?;
        ip(&["-n", namespace, "link", "set", "lo", "up"])?;
        ip(&["-n", namespace, "link", "set", namespace, "up"])?;
        Ok(device)
    }
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let done = Command::new("ip").args(arguments).output().map_err(|error| format!("ip: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr).trim()))
}

/// Carries packets one way: one thread takes them and decides, another gives them when their time has come.
fn carry(from: &Arc<SyncDevice>, to: &Arc<SyncDevice>, conditions: &Arc<Mutex<Conditions>>, is_there: bool) {
    let (from, to, conditions) = (Arc::clone(from), Arc::clone(to), Arc::clone(conditions));
    let (sender, receiver) = channel();
    std::thread::spawn(move || take(&from, &conditions, is_there, &sender));
    std::thread::spawn(move || give(&to, &receiver));
}

fn take(
    from: &SyncDevice,
    conditions: &Mutex<Conditions>,
    is_there: bool,
    sender: &Sender<(Instant, Vec<u8>)>,
) {
    let mut packet = [0; PACKET];
    let mut random = u64::from(is_there) + 1;
    let mut is_free_at = Instant::now();
    while let Ok(octets) = from.recv(&mut packet) {
        let now = Instant::now();
        let conditions = *conditions.lock().unwrap();
        let is_cut = if is_there { conditions.cut_there } else { conditions.cut_back };
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if is_cut || (random >> 33) % 1_000 < conditions.lost {
            continue;
        }
        let begins = is_free_at.max(now);
        if begins - now > QUEUE {
            continue;
        }
        is_free_at = match conditions.rate {
            0 => begins,
            rate => begins + Duration::from_nanos(octets as u64 * 1_000_000_000 / rate),
        };
        if sender.send((is_free_at + conditions.delay, packet[..octets].to_vec())).is_err() {
            return;
        }
    }
}

fn give(to: &SyncDevice, receiver: &Receiver<(Instant, Vec<u8>)>) {
    for (at, packet) in receiver {
        std::thread::sleep(at.saturating_duration_since(Instant::now()));
        // An end without its device has nobody who waits for it.
        let _ = to.send(&packet);
    }
}
