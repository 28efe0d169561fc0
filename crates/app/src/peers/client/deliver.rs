//! Giving something to a peer, with what it says when it does not take it.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use kizuna_taxii::media;
use url::Url;

use super::{Answer, Client, answer, unreachable};
use crate::AppError;

/// Less than this is not worth compressing.
const SMALL: usize = 1 << 10;
/// More than this a peer does not make us wait.
const LONGEST: Duration = Duration::from_mins(10);

/// Why something was not delivered.
#[derive(Debug)]
pub(crate) enum Undelivered {
    /// The peer asks for patience (429, 503), so long where it says how long.
    Busy(AppError, Option<Duration>),
    /// The peer does not take this, whatever comes after it: with the status of its answer.
    Refused(AppError, u16),
    /// Nobody knows whether it arrived. `timed_out`: it may have been too much at once.
    Lost { error: AppError, timed_out: bool },
}

impl From<Undelivered> for AppError {
    fn from(undelivered: Undelivered) -> Self {
        match undelivered {
            Undelivered::Busy(error, _)
            | Undelivered::Refused(error, _)
            | Undelivered::Lost { error, .. } => error,
        }
    }
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Taxii,
    Json,
}

impl Content {
    fn media(self) -> &'static str {
        match self {
            Self::Taxii => media::TAXII,
            Self::Json => "application/json",
        }
    }
}

impl Client {
    /// Posts a body, compressed where the peer is known to understand that.
    pub fn deliver(
        &self,
        url: &Url,
        body: &[u8],
        content: Content,
        compresses: bool,
    ) -> Result<Answer, Undelivered> {
        let media = content.media();
        let mut request = self.agent.post(url.as_str()).header("accept", media).header("content-type", media);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let sent = if compresses && body.len() >= SMALL {
            request.header("content-encoding", "gzip").send(&packed(body)[..])
        } else {
            request.send(body)
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                let timed_out = matches!(error, ureq::Error::Timeout(_));
                return Err(Undelivered::Lost { error: unreachable(url, &error), timed_out });
            }
        };
        let status = response.status().as_u16();
        let asked = response.headers().get("retry-after").and_then(|asked| asked.to_str().ok());
        let asked = asked.and_then(|asked| asked.trim().parse().ok()).map(Duration::from_secs);
        answer(url, Ok(response)).map_err(|error| match status {
            429 | 503 => Undelivered::Busy(error, asked.map(|asked| asked.min(LONGEST))),
            400..500 if status != 408 => Undelivered::Refused(error, status),
            _ => Undelivered::Lost { error, timed_out: matches!(status, 408 | 504) },
        })
    }
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    let written = encoder.write_all(body).and_then(|()| encoder.try_finish());
    debug_assert!(written.is_ok(), "memory takes everything");
    encoder.finish().unwrap_or_default()
}
