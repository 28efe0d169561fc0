#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

const PATIENCE: Patience = Patience { burst: Duration::from_secs(5), standing: Duration::from_millis(10) };

#[tokio::test]
async fn a_burst_waits_until_a_place_is_free() {
    let places = Arc::new(Places::new(1, PATIENCE));
    let first = places.take().await.unwrap();
    let second = tokio::spawn({
        let places = Arc::clone(&places);
        async move { places.take().await.is_ok() }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(first);
    assert!(second.await.unwrap());
}

#[tokio::test]
async fn where_the_queue_stands_nobody_waits_long() {
    let places = Places::new(1, PATIENCE);
    let _held = places.take().await.unwrap();
    tokio::time::sleep(WINDOW * 2).await;
    let asked = Instant::now();
    assert_eq!(places.take().await.unwrap_err().status, 503);
    assert!(asked.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_place_that_is_free_ends_the_standing_queue() {
    let places = Places::new(1, PATIENCE);
    let held = places.take().await.unwrap();
    tokio::time::sleep(WINDOW * 2).await;
    drop(held);
    drop(places.take().await.unwrap());
    assert!(!places.stands());
}
