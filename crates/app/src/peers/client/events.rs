//! Server-sent events, as a client reads them (WHATWG HTML, §9.2.6).

use std::io::{BufRead, Read};

use crate::AppError;

/// Octets of one line.
const LINE: u64 = 64 << 20;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Event {
    /// Where a stream that broke goes on after it.
    pub id: Option<String>,
    /// What kind it is of; `message` where nothing is said.
    pub kind: String,
    pub data: String,
}

/// The events of one stream, in their order. It ends with the stream; what breaks it is its last item.
pub(crate) struct Events<R> {
    place: String,
    lines: R,
    has_ended: bool,
}

impl<R: BufRead> Events<R> {
    pub fn new(place: impl Into<String>, lines: R) -> Self {
        Self { place: place.into(), lines, has_ended: false }
    }

    /// The next whole event. What the end of the stream cuts off is none.
    fn read(&mut self) -> Result<Option<Event>, AppError> {
        let (mut event, mut has_data) = (Event::default(), false);
        loop {
            let mut line = Vec::new();
            let read = Read::by_ref(&mut self.lines).take(LINE).read_until(b'\n', &mut line);
            let read = read.map_err(|error| self.broken(&error.to_string()))?;
            if read as u64 == LINE {
                return Err(self.broken("a line of an event is too long"));
            }
            if line.pop() != Some(b'\n') {
                return Ok(None);
            }
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if line.is_empty() {
                if !has_data {
                    event = Event::default();
                    continue;
                }
                if event.kind.is_empty() {
                    "message".clone_into(&mut event.kind);
                }
                return Ok(Some(event));
            }
            let line = String::from_utf8_lossy(&line);
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => event.id = Some(value.to_owned()),
                "event" => value.clone_into(&mut event.kind),
                "data" => {
                    if has_data {
                        event.data.push('\n');
                    }
                    has_data = true;
                    event.data.push_str(value);
                }
                // A sign of life, or what later versions say.
                _ => {}
            }
        }
    }

    fn broken(&self, reason: &str) -> AppError {
        AppError::Unavailable(format!("{}: {reason}", self.place))
    }
}

impl<R: BufRead> Iterator for Events<R> {
    type Item = Result<Event, AppError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let read = self.read().transpose();
        self.has_ended = !matches!(read, Some(Ok(_)));
        read
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Event, Events};

    fn read(text: &str) -> Vec<Event> {
        Events::new("here", text.as_bytes()).map(Result::unwrap).collect()
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        let text = ": alive\n\nevent: object\nid: 7\ndata: one\ndata:two\n\nretry: 5\nid: 8\r\ndata\r\n\r\ndata: cut";
        let first = Event { id: Some("7".into()), kind: "object".into(), data: "one\ntwo".into() };
        let second = Event { id: Some("8".into()), kind: "message".into(), data: String::new() };
        assert_eq!(read(text), [first, second]);
    }

    #[test]
    fn an_event_without_data_is_none() {
        assert_eq!(read("event: object\nid: 7\n\n"), []);
        assert_eq!(read(""), []);
    }
}
