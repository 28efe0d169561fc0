#![allow(clippy::unwrap_used)]

use std::io::Write as _;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{collect, gunzip, json};

#[tokio::test]
async fn a_body_is_capped_by_its_announced_and_by_its_real_length() {
    let mut announced = HeaderMap::new();
    announced.insert(header::CONTENT_LENGTH, HeaderValue::from_static("11"));
    let refused = collect(&announced, Body::empty(), 10).await.unwrap_err();
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let refused = collect(&HeaderMap::new(), Body::from(vec![0; 11]), 10).await.unwrap_err();
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(collect(&HeaderMap::new(), Body::from(vec![0; 10]), 10).await.unwrap().len(), 10);
}

#[test]
fn what_grows_over_the_cap_when_decompressed_is_refused() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![0; 100_000]).unwrap();
    let squeezed = packer.finish().unwrap();
    assert!(squeezed.len() < 1_000);
    assert_eq!(gunzip(&squeezed, 100_000).unwrap().len(), 100_000);
    assert_eq!(gunzip(&squeezed, 99_999).unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(gunzip(b"no gzip", 10).unwrap_err().status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_json_fault_says_at_which_path_it_is() {
    #[derive(Debug, serde::Deserialize)]
    struct Order {
        #[serde(rename = "items")]
        _items: Vec<u8>,
    }
    let fault = json::<Order>(br#"{"items":[1,"two"]}"#).unwrap_err();
    assert_eq!(fault.places[0].path, "$.items[1]");
    let fault = json::<Order>(b"[").unwrap_err();
    assert_eq!(fault.status, StatusCode::BAD_REQUEST);
    let fault = json::<Order>(br#"{"items":[]} x"#).unwrap_err();
    assert_eq!(fault.places[0].path, "$");
}
