//! A label in any form is read or explained, and what was read is written and read back as the same label.
#![no_main]

use jiff::Timestamp;
use kizuna_access::Directory;
use kizuna_access::form::{self, Form, Headings, stanag4778};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let nobody = Directory::default();
    let _ = stanag4778::read(text, &nobody);
    let Ok(told) = form::read(text, &nobody) else { return };
    let label = told.terms.label();
    let now = Timestamp::UNIX_EPOCH;
    for form in [Form::Stanag4774, Form::Stanag5636, Form::Stix] {
        let Ok(written) = form::write(form, &label, &Headings::default(), &nobody, now) else { continue };
        let again = form::read(&written.text, &nobody).expect("what was written can be read");
        assert_eq!(again.terms.label(), label, "{}", written.text);
    }
});
