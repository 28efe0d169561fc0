//! Which events a rule is about: its `logsource`, as the channel and the number of a Windows event, the log of Zeek, or
//! the product that an event can be seen to come from.

mod windows;

use rsigma_parser::LogSource;

pub(super) use windows::provider_channel;

/// What an event shows of where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) enum Origin {
    Windows {
        /// In small letters; empty where the event does not say.
        channel: String,
        provider: String,
        id: u32,
    },
    /// The name of the log: `dns`.
    Zeek(String),
    /// Product and service, where the fields of an event are those of one product only.
    Product(&'static str, &'static str),
    #[default]
    Unknown,
}

/// A `logsource`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Route {
    /// Any of these.
    Windows(Vec<Place>),
    Zeek(String),
    /// Category, product and service; each empty where the rule names none.
    Other {
        category: String,
        product: String,
        service: String,
    },
}

/// Events of a Windows log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// In small letters; empty for any log.
    pub channel: &'static str,
    /// Empty for all events.
    pub ids: &'static [u32],
}

impl Route {
    /// What a `logsource` means, or why it means nothing here.
    pub fn of(source: &LogSource) -> Result<Self, String> {
        let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_lowercase();
        let (category, product, service) =
            (lower(&source.category), lower(&source.product), lower(&source.service));
        match product.as_str() {
            "windows" => windows::places(&category, &service).map(Self::Windows),
            // Categories that only Windows has.
            "" if service.is_empty() && windows::is_own(&category) => {
                windows::places(&category, "").map(Self::Windows)
            }
            "zeek" | "bro" => Ok(Self::Zeek(service)),
            _ => Ok(Self::Other { category, product, service }),
        }
    }

    /// Whether an event may be one that the rule is about.
    pub fn admits(&self, origin: &Origin) -> bool {
        match (self, origin) {
            (Self::Windows(places), Origin::Windows { channel, id, .. }) => places.iter().any(|place| {
                let numbered = place.ids.is_empty() || place.ids.contains(id);
                if channel.is_empty() {
                    // A table of events without their log: the number decides.
                    return numbered;
                }
                numbered && (place.channel.is_empty() || place.channel == channel)
            }),
            (Self::Zeek(service), Origin::Zeek(log)) => {
                service.is_empty() || service == log || log.is_empty()
            }
            (Self::Other { category, product, .. }, Origin::Zeek(log)) => {
                let about: &[&str] = match log.as_str() {
                    "dns" => &["dns"],
                    "http" => &["proxy", "webserver"],
                    "conn" => &["firewall"],
                    _ => &[],
                };
                product.is_empty() && about.contains(&category.as_str())
            }
            (Self::Other { product, service, .. }, Origin::Product(of, part)) => {
                product.is_empty()
                    || (product == of && (service.is_empty() || part.is_empty() || service == part))
            }
            (Self::Other { product, category, service }, Origin::Windows { .. }) => {
                product.is_empty() && service.is_empty() && (category.is_empty() || category == "antivirus")
            }
            (Self::Other { .. }, Origin::Unknown) => true,
            (Self::Windows(_) | Self::Zeek(_), _) => false,
        }
    }
}
