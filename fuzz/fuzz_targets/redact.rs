//! However an object is marked field by field, each of its forms is an object that nobody refuses.
#![no_main]

use kizuna_access::redact::{self, Asked};
use kizuna_access::{Label, MemberId, Party, Terms};
use kizuna_stix::read::{Element, Limits, read};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let source = MemberId(Uuid::from_u128(1));
    let asks = |id: &kizuna_stix::Id| {
        // Which member a marking names is told by its last digit; some name nobody that is understood.
        let digit = id.to_string().bytes().last().unwrap_or_default();
        let named = Party::Member(MemberId(Uuid::from_u128(digit.into())));
        if digit == b'f' { Asked::Unclear } else { Asked::Terms(Terms::default().rel([named])) }
    };
    for element in read(bytes, &limits).into_iter().flatten() {
        let Element::Object(object) = element else { continue };
        let whole = Label::builder().rel([Party::World]).label();
        let (label, parts) = redact::compile(&object, &whole, source, asks);
        let forms = redact::forms(&object, &label, &parts).expect("folded parts have sound forms");
        for form in forms {
            let again = read(form.object.canonical(), &limits).expect("a form is an envelope");
            assert!(matches!(again.as_slice(), [Element::Object(_)]));
        }
    }
});
