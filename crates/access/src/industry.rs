//! Sectors of the economy that members work in, for addressing them: STIX's own vocabulary (STIX 2.1 §10.10,
//! `industry-sector-ov`), the critical infrastructure of Japan (NISC, fifteen fields) and of the European Union
//! (Directive (EU) 2022/2555, annexes I and II).
//!
//! A sector of the last two lies within sectors of STIX: whoever is addressed as `energy` is also who works in
//! `nisc:electric-power`.

/// One sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Industry {
    /// As members and addressees carry it.
    pub word: &'static str,
    pub english: &'static str,
    pub japanese: &'static str,
    /// The wider sectors that it lies in.
    pub within: &'static [&'static str],
}

const fn of(
    word: &'static str,
    english: &'static str,
    japanese: &'static str,
    within: &'static [&'static str],
) -> Industry {
    Industry { word, english, japanese, within }
}

/// Every sector, a line each.
pub static ALL: &[Industry] = &[
    of("agriculture", "Agriculture", "農林水産", &[]),
    of("aerospace", "Aerospace", "航空宇宙", &[]),
    of("automotive", "Automotive", "自動車", &[]),
    of("chemical", "Chemicals", "化学", &[]),
    of("commercial", "Commercial", "商業", &[]),
    of("communications", "Communications", "通信", &[]),
    of("construction", "Construction", "建設", &[]),
    of("defense", "Defence", "防衛", &[]),
    of("education", "Education", "教育", &[]),
    of("energy", "Energy", "エネルギー", &["infrastructure"]),
    of("entertainment", "Entertainment", "娯楽", &[]),
    of("financial-services", "Financial services", "金融", &[]),
    of("government", "Government", "政府", &[]),
    of("emergency-services", "Emergency services", "緊急サービス", &["government"]),
    of("government-local", "Local government", "地方自治体", &["government"]),
    of("government-national", "National government", "中央政府", &["government"]),
    of("government-public-services", "Public services", "公共サービス", &["government"]),
    of("government-regional", "Regional government", "広域自治体", &["government"]),
    of("healthcare", "Health care", "医療", &[]),
    of("hospitality-leisure", "Hospitality and leisure", "宿泊・レジャー", &[]),
    of("infrastructure", "Infrastructure", "基盤", &[]),
    of("dams", "Dams", "ダム", &["infrastructure"]),
    of("nuclear", "Nuclear", "原子力", &["infrastructure"]),
    of("water", "Water", "水道", &["infrastructure"]),
    of("insurance", "Insurance", "保険", &[]),
    of("manufacturing", "Manufacturing", "製造", &[]),
    of("mining", "Mining", "鉱業", &[]),
    of("non-profit", "Non-profit", "非営利", &[]),
    of("pharmaceuticals", "Pharmaceuticals", "医薬品", &[]),
    of("retail", "Retail", "小売", &[]),
    of("technology", "Technology", "情報技術", &[]),
    of("telecommunications", "Telecommunications", "電気通信", &["communications"]),
    of("transportation", "Transport", "運輸", &[]),
    of("utilities", "Utilities", "公益事業", &[]),
    of(
        "nisc:information-communication",
        "Information and communication (NISC)",
        "情報通信",
        &["communications"],
    ),
    of("nisc:finance", "Finance (NISC)", "金融（重要インフラ）", &["financial-services"]),
    of("nisc:aviation", "Aviation (NISC)", "航空", &["transportation"]),
    of("nisc:airports", "Airports (NISC)", "空港", &["transportation"]),
    of("nisc:railways", "Railways (NISC)", "鉄道", &["transportation"]),
    of("nisc:electric-power", "Electric power (NISC)", "電力", &["energy", "utilities"]),
    of("nisc:gas", "Gas (NISC)", "ガス", &["energy", "utilities"]),
    of("nisc:government", "Government and administration (NISC)", "政府・行政サービス", &["government"]),
    of("nisc:medical", "Medical services (NISC)", "医療（重要インフラ）", &["healthcare"]),
    of("nisc:water", "Water supply (NISC)", "水道（重要インフラ）", &["water", "utilities"]),
    of("nisc:logistics", "Logistics (NISC)", "物流", &["transportation"]),
    of("nisc:chemical", "Chemical industry (NISC)", "化学（重要インフラ）", &["chemical"]),
    of("nisc:credit", "Credit (NISC)", "クレジット", &["financial-services"]),
    of("nisc:petroleum", "Petroleum (NISC)", "石油", &["energy"]),
    of("nisc:ports", "Ports (NISC)", "港湾", &["transportation"]),
    of("nis2:energy", "Energy (NIS2)", "エネルギー（NIS2）", &["energy"]),
    of("nis2:transport", "Transport (NIS2)", "運輸（NIS2）", &["transportation"]),
    of("nis2:banking", "Banking (NIS2)", "銀行（NIS2）", &["financial-services"]),
    of(
        "nis2:financial-markets",
        "Financial market infrastructures (NIS2)",
        "金融市場基盤（NIS2）",
        &["financial-services"],
    ),
    of("nis2:health", "Health (NIS2)", "保健（NIS2）", &["healthcare"]),
    of("nis2:drinking-water", "Drinking water (NIS2)", "飲料水（NIS2）", &["water", "utilities"]),
    of("nis2:waste-water", "Waste water (NIS2)", "下水（NIS2）", &["water", "utilities"]),
    of(
        "nis2:digital-infrastructure",
        "Digital infrastructure (NIS2)",
        "デジタル基盤（NIS2）",
        &["communications", "technology"],
    ),
    of("nis2:ict-services", "ICT service management (NIS2)", "ICTサービス管理（NIS2）", &["technology"]),
    of("nis2:public-administration", "Public administration (NIS2)", "行政（NIS2）", &["government"]),
    of("nis2:space", "Space (NIS2)", "宇宙（NIS2）", &["aerospace"]),
    of("nis2:postal", "Postal and courier services (NIS2)", "郵便・宅配（NIS2）", &["transportation"]),
    of("nis2:waste", "Waste management (NIS2)", "廃棄物処理（NIS2）", &["utilities"]),
    of("nis2:chemicals", "Chemicals (NIS2)", "化学（NIS2）", &["chemical"]),
    of("nis2:food", "Food (NIS2)", "食品（NIS2）", &["agriculture"]),
    of("nis2:manufacturing", "Manufacturing (NIS2)", "製造（NIS2）", &["manufacturing"]),
    of("nis2:digital-providers", "Digital providers (NIS2)", "デジタル事業者（NIS2）", &["technology"]),
    of("nis2:research", "Research (NIS2)", "研究（NIS2）", &["education"]),
];

/// The sector of this word.
pub fn known(word: &str) -> Option<&'static Industry> {
    ALL.iter().find(|industry| industry.word == word)
}

/// Whether who works in `word` is meant by `addressed`: it is the same, or lies within it.
pub fn is_within(word: &str, addressed: &str) -> bool {
    if word == addressed {
        return true;
    }
    known(word).is_some_and(|industry| industry.within.iter().any(|wider| is_within(wider, addressed)))
}

#[cfg(test)]
mod tests;
