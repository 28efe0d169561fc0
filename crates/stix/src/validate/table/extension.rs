//! Extensions that STIX 2.1 predefines for observables.

use super::{COUNT, Form, INTEGER, Rule, Spec, TEXTS, Target, opt, req};
use crate::validate::rules;

const ARTIFACT: Form = Form::Identifier(Target::Only(&["artifact"]));
const AT_LEAST_ONE: Rule = Rule::Check(rules::not_empty);

pub(super) static ARCHIVE: Spec = Spec::part(
    "archive-ext",
    "§6.7.2",
    &[
        opt("comment", Form::Text),
        req("contains_refs", Form::List(&Form::Identifier(Target::Only(&["file", "directory"])))),
    ],
);

static ALTERNATE_DATA_STREAM: Spec = Spec::part(
    "alternate-data-stream",
    "§6.7.3",
    &[opt("hashes", Form::Hashes), req("name", Form::Text), opt("size", COUNT)],
);

pub(super) static NTFS: Spec = Spec::part(
    "ntfs-ext",
    "§6.7.3",
    &[opt("alternate_data_streams", Form::List(&Form::Part(&ALTERNATE_DATA_STREAM))), opt("sid", Form::Text)],
)
.rules(&[AT_LEAST_ONE]);

pub(super) static PDF: Spec = Spec::part(
    "pdf-ext",
    "§6.7.4",
    &[
        opt("document_info_dict", Form::Dictionary),
        opt("is_optimized", Form::Bool),
        opt("pdfid0", Form::Text),
        opt("pdfid1", Form::Text),
        opt("version", Form::Text),
    ],
)
.rules(&[AT_LEAST_ONE]);

pub(super) static RASTER_IMAGE: Spec = Spec::part(
    "raster-image-ext",
    "§6.7.5",
    &[
        opt("bits_per_pixel", INTEGER),
        opt("exif_tags", Form::Dictionary),
        opt("image_height", INTEGER),
        opt("image_width", INTEGER),
    ],
)
.rules(&[AT_LEAST_ONE]);

static PE_OPTIONAL_HEADER: Spec = Spec::part(
    "windows-pe-optional-header",
    "§6.7.6",
    &[
        opt("address_of_entry_point", INTEGER),
        opt("base_of_code", INTEGER),
        opt("base_of_data", INTEGER),
        opt("checksum_hex", Form::Hex),
        opt("dll_characteristics_hex", Form::Hex),
        opt("file_alignment", INTEGER),
        opt("hashes", Form::Hashes),
        opt("image_base", INTEGER),
        opt("loader_flags_hex", Form::Hex),
        opt("magic_hex", Form::Hex),
        opt("major_image_version", INTEGER),
        opt("major_linker_version", INTEGER),
        opt("major_os_version", INTEGER),
        opt("major_subsystem_version", INTEGER),
        opt("minor_image_version", INTEGER),
        opt("minor_linker_version", INTEGER),
        opt("minor_os_version", INTEGER),
        opt("minor_subsystem_version", INTEGER),
        opt("number_of_rva_and_sizes", INTEGER),
        opt("section_alignment", INTEGER),
        opt("size_of_code", COUNT),
        opt("size_of_headers", COUNT),
        opt("size_of_heap_commit", COUNT),
        opt("size_of_heap_reserve", COUNT),
        opt("size_of_image", COUNT),
        opt("size_of_initialized_data", COUNT),
        opt("size_of_stack_commit", COUNT),
        opt("size_of_stack_reserve", COUNT),
        opt("size_of_uninitialized_data", COUNT),
        opt("subsystem_hex", Form::Hex),
        opt("win32_version_value_hex", Form::Hex),
    ],
)
.rules(&[AT_LEAST_ONE]);

static PE_SECTION: Spec = Spec::part(
    "windows-pe-section",
    "§6.7.6",
    &[
        opt("entropy", Form::Float(0.0, 8.0)),
        opt("hashes", Form::Hashes),
        req("name", Form::Text),
        opt("size", COUNT),
    ],
);

pub(super) static WINDOWS_PEBINARY: Spec = Spec::part(
    "windows-pebinary-ext",
    "§6.7.6",
    &[
        opt("characteristics_hex", Form::Hex),
        opt("file_header_hashes", Form::Hashes),
        opt("imphash", Form::Text),
        opt("machine_hex", Form::Hex),
        opt("number_of_sections", COUNT),
        opt("number_of_symbols", COUNT),
        opt("optional_header", Form::Part(&PE_OPTIONAL_HEADER)),
        req("pe_type", Form::Vocabulary),
        opt("pointer_to_symbol_table_hex", Form::Hex),
        opt("sections", Form::List(&Form::Part(&PE_SECTION))),
        opt("size_of_optional_header", COUNT),
        opt("time_date_stamp", Form::Time),
    ],
);

pub(super) static HTTP_REQUEST: Spec = Spec::part(
    "http-request-ext",
    "§6.12.2",
    &[
        opt("message_body_data_ref", ARTIFACT),
        opt("message_body_length", INTEGER),
        opt("request_header", Form::Dictionary),
        req("request_method", Form::Text),
        req("request_value", Form::Text),
        opt("request_version", Form::Text),
    ],
);

pub(super) static ICMP: Spec =
    Spec::part("icmp-ext", "§6.12.3", &[req("icmp_code_hex", Form::Hex), req("icmp_type_hex", Form::Hex)]);

static ADDRESS_FAMILIES: &[&str] =
    &["AF_UNSPEC", "AF_INET", "AF_IPX", "AF_APPLETALK", "AF_NETBIOS", "AF_INET6", "AF_IRDA", "AF_BTH"];

static SOCKET_TYPES: &[&str] = &["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET"];

pub(super) static SOCKET: Spec = Spec::part(
    "socket-ext",
    "§6.12.4",
    &[
        req("address_family", Form::Enum(ADDRESS_FAMILIES)),
        opt("is_blocking", Form::Bool),
        opt("is_listening", Form::Bool),
        opt("options", Form::Dictionary),
        opt("socket_descriptor", COUNT),
        opt("socket_handle", INTEGER),
        opt("socket_type", Form::Enum(SOCKET_TYPES)),
    ],
)
.rules(&[Rule::Check(rules::socket)]);

pub(super) static TCP: Spec =
    Spec::part("tcp-ext", "§6.12.5", &[opt("dst_flags_hex", Form::Hex), opt("src_flags_hex", Form::Hex)])
        .rules(&[AT_LEAST_ONE]);

static INTEGRITY_LEVELS: &[&str] = &["low", "medium", "high", "system"];

pub(super) static WINDOWS_PROCESS: Spec = Spec::part(
    "windows-process-ext",
    "§6.13.2",
    &[
        opt("aslr_enabled", Form::Bool),
        opt("dep_enabled", Form::Bool),
        opt("integrity_level", Form::Enum(INTEGRITY_LEVELS)),
        opt("owner_sid", Form::Text),
        opt("priority", Form::Text),
        opt("startup_info", Form::Dictionary),
        opt("window_title", Form::Text),
    ],
)
.rules(&[AT_LEAST_ONE]);

static SERVICE_STARTS: &[&str] = &[
    "SERVICE_AUTO_START",
    "SERVICE_BOOT_START",
    "SERVICE_DEMAND_START",
    "SERVICE_DISABLED",
    "SERVICE_SYSTEM_ALERT",
];

static SERVICE_TYPES: &[&str] = &[
    "SERVICE_KERNEL_DRIVER",
    "SERVICE_FILE_SYSTEM_DRIVER",
    "SERVICE_WIN32_OWN_PROCESS",
    "SERVICE_WIN32_SHARE_PROCESS",
];

static SERVICE_STATES: &[&str] = &[
    "SERVICE_CONTINUE_PENDING",
    "SERVICE_PAUSE_PENDING",
    "SERVICE_PAUSED",
    "SERVICE_RUNNING",
    "SERVICE_START_PENDING",
    "SERVICE_STOP_PENDING",
    "SERVICE_STOPPED",
];

pub(super) static WINDOWS_SERVICE: Spec = Spec::part(
    "windows-service-ext",
    "§6.13.3",
    &[
        opt("descriptions", TEXTS),
        opt("display_name", Form::Text),
        opt("group_name", Form::Text),
        opt("service_dll_refs", Form::List(&Form::Identifier(Target::Only(&["file"])))),
        opt("service_name", Form::Text),
        opt("service_status", Form::Enum(SERVICE_STATES)),
        opt("service_type", Form::Enum(SERVICE_TYPES)),
        opt("start_type", Form::Enum(SERVICE_STARTS)),
    ],
)
.rules(&[AT_LEAST_ONE]);

pub(super) static UNIX_ACCOUNT: Spec = Spec::part(
    "unix-account-ext",
    "§6.16.2",
    &[opt("gid", INTEGER), opt("groups", TEXTS), opt("home_dir", Form::Text), opt("shell", Form::Text)],
)
.rules(&[AT_LEAST_ONE]);
