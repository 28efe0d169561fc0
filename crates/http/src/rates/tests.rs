#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn rate(per_second: u32, burst: u32) -> Rate {
    Rate { per_second: per_second.try_into().unwrap(), burst: burst.try_into().unwrap() }
}

#[test]
fn a_bucket_is_emptied_by_its_burst_and_by_nobody_else() {
    let meter = Meter::new(Rates { account: None, stranger: Some(rate(1, 3)) });
    let one = Asker::Stranger(Some([192, 0, 2, 1].into()));
    let other = Asker::Stranger(Some([192, 0, 2, 2].into()));
    for _ in 0..3 {
        assert!(meter.take(one).is_ok());
    }
    let refused = meter.take(one).unwrap_err();
    assert_eq!(refused.status, 429);
    assert!(refused.headers.iter().any(|(name, value)| name == "retry-after" && value == "1"));
    assert!(meter.take(other).is_ok());
}

#[test]
fn without_a_rate_nobody_is_held_back() {
    let meter = Meter::new(Rates::default());
    assert!((0..10_000).all(|_| meter.take(Asker::Stranger(None)).is_ok()));
}

#[test]
fn buckets_that_are_full_again_are_forgotten() {
    let meter = Meter::new(Rates { account: None, stranger: Some(rate(u32::MAX, 1)) });
    for host in 0..SWEEP {
        let _ = meter.take(Asker::Stranger(Some(IpAddr::V4(host.into()))));
    }
    assert!(meter.strangers.as_ref().unwrap().len() < 64);
}
