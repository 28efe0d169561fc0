use super::*;

struct Fixed(Mutex<i64>);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        instant(*self.0.lock())
    }
}

#[test]
fn never_goes_back() {
    let wall = Arc::new(Fixed(Mutex::new(1_000_000)));
    let clock = Arc::new(StoreClock::new(wall.clone(), 0));
    let first = clock.begin(0).next();
    assert!(first > 1_000_000);
    *wall.0.lock() = 5;
    let mut ticks = clock.begin(0);
    let second = ticks.next();
    assert!(second > first);
    assert!(ticks.next() > second);
}

#[test]
fn a_reader_never_sees_an_instant_the_writer_may_still_use() {
    let wall = Arc::new(Fixed(Mutex::new(1_000)));
    let clock = Arc::new(StoreClock::new(wall.clone(), 0));
    let mut ticks = clock.begin(0);
    *wall.0.lock() = 9_000;
    let now = clock.observe();
    assert!(now < ticks.next());
    drop(ticks);
    let later = clock.observe();
    assert_eq!(later, 9_000);
    assert!(clock.begin(0).next() > later);
}
