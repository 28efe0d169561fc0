#![allow(clippy::unwrap_used)]

use http::StatusCode;
use kizuna_app::AppError;
use uuid::Uuid;

use super::Failure;

#[test]
fn a_fault_of_the_program_shows_only_a_request_id() {
    let failure = Failure::from(AppError::Internal("table secrets has no column x".to_owned()));
    let request = Uuid::from_u128(7);
    let problem = failure.problem(request);
    assert_eq!(failure.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(problem["request_id"], request.to_string());
    assert!(!problem.to_string().contains("secrets"), "{problem}");
}

#[test]
fn equal_failures_are_equal_bytes_whatever_the_request() {
    let one = Failure::from(AppError::NotFound).problem(Uuid::from_u128(1)).to_string();
    let other = Failure::from(AppError::NotFound).problem(Uuid::from_u128(2)).to_string();
    assert_eq!(one, other);
}

#[test]
fn whoever_is_turned_away_for_now_is_told_when_to_come_again() {
    let away = Failure::from(AppError::Unavailable("the disk is full".to_owned()));
    for failure in [Failure::busy(), Failure::too_slow(), away] {
        assert_eq!(failure.status, StatusCode::SERVICE_UNAVAILABLE);
        let header = failure.headers.iter().find(|(name, _)| name == "retry-after");
        let seconds: u32 = header.unwrap().1.to_str().unwrap().parse().unwrap();
        assert!(seconds > 0);
    }
}

#[test]
fn places_say_where() {
    let failure = Failure::invalid("?limit", "must be a number from 1");
    let problem = failure.problem(Uuid::nil());
    assert_eq!(problem["errors"][0]["path"], "?limit");
    assert_eq!(problem["status"], 400);
}
