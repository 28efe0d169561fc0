//! Reading an envelope never panics, and what was accepted reads back as itself.
#![no_main]

use kizuna_stix::read::{Element, Limits, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    for element in read(bytes, &limits).into_iter().flatten() {
        if let Element::Object(object) = element {
            let again = read(object.canonical(), &limits).expect("canonical bytes are an envelope");
            let [Element::Object(again)] = again.as_slice() else { panic!("one object") };
            assert_eq!(again.canonical(), object.canonical());
            let _ = kizuna_stix::observable::of_object(&object);
        }
    }
});
