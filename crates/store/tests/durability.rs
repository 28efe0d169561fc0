//! Durability proven, not assumed: what was acknowledged is there after a kill at any moment, and nothing is half.

mod child;
mod disk;
mod full;
mod kill;
pub mod node;
mod postgres;
mod power;
mod spoilt;
mod trace;
mod wal;

/// Random numbers whose seed is printed, or given by `KIZUNA_SEED`.
pub fn seeded(what: &str) -> rand::rngs::StdRng {
    use rand::SeedableRng;
    let given = std::env::var("KIZUNA_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    println!("{what}: KIZUNA_SEED={seed}");
    rand::rngs::StdRng::seed_from_u64(seed)
}
