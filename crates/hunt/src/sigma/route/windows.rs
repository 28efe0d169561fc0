//! Logs of Windows. Sigma's specification names the services; the names of the logs are those that Windows gives them.

use super::Place;

const SYSMON: &str = "microsoft-windows-sysmon/operational";
const SECURITY: &str = "security";
const POWERSHELL: &str = "microsoft-windows-powershell/operational";
const POWERSHELL_CORE: &str = "powershellcore/operational";
const OLD_POWERSHELL: &str = "windows powershell";

/// Logs, each with the numbers of the events in it.
type Events = &'static [(&'static str, &'static [u32])];

/// Categories, each with the events that tell of it. Sysmon's numbers, and Windows' own audit where its fields do.
const CATEGORIES: [(&str, Events); 38] = [
    ("process_creation", &[(SYSMON, &[1]), (SECURITY, &[4688])]),
    ("file_change", &[(SYSMON, &[2])]),
    ("network_connection", &[(SYSMON, &[3]), (SECURITY, &[5156])]),
    ("sysmon_status", &[(SYSMON, &[4, 16])]),
    ("process_termination", &[(SYSMON, &[5]), (SECURITY, &[4689])]),
    ("driver_load", &[(SYSMON, &[6])]),
    ("image_load", &[(SYSMON, &[7])]),
    ("create_remote_thread", &[(SYSMON, &[8])]),
    ("raw_access_thread", &[(SYSMON, &[9])]),
    ("process_access", &[(SYSMON, &[10])]),
    ("file_event", &[(SYSMON, &[11])]),
    ("registry_add", &[(SYSMON, &[12])]),
    ("registry_delete", &[(SYSMON, &[12])]),
    ("registry_set", &[(SYSMON, &[13]), (SECURITY, &[4657])]),
    ("registry_rename", &[(SYSMON, &[14])]),
    ("registry_event", &[(SYSMON, &[12, 13, 14]), (SECURITY, &[4657])]),
    ("create_stream_hash", &[(SYSMON, &[15])]),
    ("pipe_created", &[(SYSMON, &[17, 18])]),
    ("wmi_event", &[(SYSMON, &[19, 20, 21])]),
    ("dns_query", &[(SYSMON, &[22])]),
    ("file_delete", &[(SYSMON, &[23, 26])]),
    ("file_delete_detected", &[(SYSMON, &[26])]),
    ("clipboard_capture", &[(SYSMON, &[24])]),
    ("clipboard_change", &[(SYSMON, &[24])]),
    ("process_tampering", &[(SYSMON, &[25])]),
    ("file_block", &[(SYSMON, &[27])]),
    ("file_block_executable", &[(SYSMON, &[27])]),
    ("file_block_shredding", &[(SYSMON, &[28])]),
    ("file_executable_detected", &[(SYSMON, &[29])]),
    ("sysmon_error", &[(SYSMON, &[255])]),
    ("ps_module", &[(POWERSHELL, &[4103]), (POWERSHELL_CORE, &[4103])]),
    ("ps_script", &[(POWERSHELL, &[4104]), (POWERSHELL_CORE, &[4104])]),
    ("ps_classic_start", &[(OLD_POWERSHELL, &[400])]),
    ("ps_classic_provider_start", &[(OLD_POWERSHELL, &[600])]),
    ("ps_classic_script", &[(OLD_POWERSHELL, &[800])]),
    ("file_access", &[(KERNEL_FILE, &[])]),
    ("file_rename", &[(KERNEL_FILE, &[])]),
    ("webserver", &[("microsoft-iis-logging/logs", &[])]),
];

const KERNEL_FILE: &str = "microsoft-windows-kernel-file/analytic";

/// Services, each with its logs.
const SERVICES: [(&str, &[&str]); 73] = [
    ("security", &[SECURITY]),
    ("system", &["system"]),
    ("application", &["application"]),
    ("sysmon", &[SYSMON]),
    ("powershell", &[POWERSHELL, POWERSHELL_CORE]),
    ("powershell-classic", &[OLD_POWERSHELL]),
    ("taskscheduler", &["microsoft-windows-taskscheduler/operational"]),
    ("wmi", &["microsoft-windows-wmi-activity/operational"]),
    ("windefend", &["microsoft-windows-windows defender/operational"]),
    ("ntlm", &["microsoft-windows-ntlm/operational"]),
    ("dns-server", &["dns server"]),
    ("dns-server-audit", &["microsoft-windows-dnsserver/audit"]),
    (
        "dns-server-analytic",
        &["microsoft-windows-dnsserver/analytical", "microsoft-windows-dns-server/analytical"],
    ),
    (
        "dns-client",
        &["microsoft-windows-dns client events/operational", "microsoft-windows-dns-client/operational"],
    ),
    ("driver-framework", &["microsoft-windows-driverframeworks-usermode/operational"]),
    ("smbclient-security", &["microsoft-windows-smbclient/security"]),
    ("smbclient-connectivity", &["microsoft-windows-smbclient/connectivity"]),
    ("smbclient-operational", &["microsoft-windows-smbclient/operational"]),
    ("smbserver-connectivity", &["microsoft-windows-smbserver/connectivity"]),
    ("smbserver-security", &["microsoft-windows-smbserver/security"]),
    ("smbserver-operational", &["microsoft-windows-smbserver/operational"]),
    (
        "applocker",
        &[
            "microsoft-windows-applocker/exe and dll",
            "microsoft-windows-applocker/msi and script",
            "microsoft-windows-applocker/packaged app-deployment",
            "microsoft-windows-applocker/packaged app-execution",
        ],
    ),
    ("msexchange-management", &["msexchange management"]),
    ("exchange", &["msexchange management"]),
    ("printservice-admin", &["microsoft-windows-printservice/admin"]),
    ("printservice-operational", &["microsoft-windows-printservice/operational"]),
    ("codeintegrity-operational", &["microsoft-windows-codeintegrity/operational"]),
    ("bits-client", &["microsoft-windows-bits-client/operational"]),
    ("firewall-as", &["microsoft-windows-windows firewall with advanced security/firewall"]),
    (
        "terminalservices-localsessionmanager",
        &["microsoft-windows-terminalservices-localsessionmanager/operational"],
    ),
    (
        "terminalservices-remoteconnectionmanager",
        &["microsoft-windows-terminalservices-remoteconnectionmanager/operational"],
    ),
    (
        "security-mitigations",
        &[
            "microsoft-windows-security-mitigations/kernelmode",
            "microsoft-windows-security-mitigations/usermode",
            "microsoft-windows-security-mitigations/kernel mode",
            "microsoft-windows-security-mitigations/user mode",
        ],
    ),
    (
        "microsoft-servicebus-client",
        &["microsoft-servicebus-client", "microsoft-servicebus-client/operational"],
    ),
    ("servicebus-client", &["microsoft-servicebus-client", "microsoft-servicebus-client/operational"]),
    ("ldap_debug", &["microsoft-windows-ldap-client/debug"]),
    ("ldap", &["microsoft-windows-ldap-client/debug"]),
    ("ldp", &["microsoft-windows-ldap-client/debug"]),
    ("vhdmp", &["microsoft-windows-vhdmp/operational"]),
    ("appxdeployment-server", &["microsoft-windows-appxdeploymentserver/operational"]),
    ("appxpackaging-om", &["microsoft-windows-appxpackaging/operational"]),
    ("appmodel-runtime", &["microsoft-windows-appmodel-runtime/admin"]),
    ("lsa-server", &["microsoft-windows-lsa/operational"]),
    ("shell-core", &["microsoft-windows-shell-core/operational"]),
    ("openssh", &["openssh/operational"]),
    ("capi2", &["microsoft-windows-capi2/operational"]),
    (
        "certificateservicesclient-lifecycle-system",
        &["microsoft-windows-certificateservicesclient-lifecycle-system/operational"],
    ),
    (
        "certificateservicesclient-lifecycle-user",
        &["microsoft-windows-certificateservicesclient-lifecycle-user/operational"],
    ),
    ("diagnosis-scripted", &["microsoft-windows-diagnosis-scripted/operational"]),
    ("iis-configuration", &["microsoft-iis-configuration/operational"]),
    ("kernel-event-tracing", &["microsoft-windows-kernel-eventtracing/admin"]),
    (
        "kernel-shimengine",
        &[
            "microsoft-windows-kernel-shimengine/operational",
            "microsoft-windows-kernel-shimengine/diagnostic",
        ],
    ),
    ("hyper-v-worker", &["microsoft-windows-hyper-v-worker"]),
    ("wmi-activity", &["microsoft-windows-wmi-activity/operational"]),
    ("winrm", &["microsoft-windows-winrm/operational"]),
    ("dhcp", &["microsoft-windows-dhcp-server/operational"]),
    ("dhcp-client", &["microsoft-windows-dhcp-client/operational"]),
    ("group-policy", &["microsoft-windows-grouppolicy/operational"]),
    ("gpo", &["microsoft-windows-grouppolicy/operational"]),
    ("kerberos", &["microsoft-windows-kerberos/operational"]),
    ("authentication", &["microsoft-windows-authentication/protecteduser-client"]),
    ("protected-users", &["microsoft-windows-authentication/protecteduserfailures-domaincontroller"]),
    ("biometrics", &["microsoft-windows-biometrics/operational"]),
    ("ntfs", &["microsoft-windows-ntfs/operational"]),
    ("storage-classpnp", &["microsoft-windows-storage-classpnp/operational"]),
    ("partition", &["microsoft-windows-partition/diagnostic"]),
    ("user-profile-service", &["microsoft-windows-user profile service/operational"]),
    ("wlan-autoconfig", &["microsoft-windows-wlan-autoconfig/operational"]),
    ("rdpclient", &["microsoft-windows-terminalservices-rdpclient/operational"]),
    (
        "application-experience",
        &[
            "microsoft-windows-application-experience/program-telemetry",
            "microsoft-windows-application-experience/program-compatibility-assistant",
        ],
    ),
    ("wec", &["microsoft-windows-eventcollector/operational"]),
    ("windows-update", &["microsoft-windows-windowsupdateclient/operational"]),
    ("setup", &["setup"]),
    ("sense", &["microsoft-windows-sense/operational"]),
];

/// Providers that write to one log, for events that do not name it.
const PROVIDERS: [(&str, &str); 7] = [
    ("microsoft-windows-sysmon", SYSMON),
    ("microsoft-windows-security-auditing", SECURITY),
    ("microsoft-windows-powershell", POWERSHELL),
    ("powershell", OLD_POWERSHELL),
    ("service control manager", "system"),
    ("microsoft-windows-taskscheduler", "microsoft-windows-taskscheduler/operational"),
    ("microsoft-windows-windows defender", "microsoft-windows-windows defender/operational"),
];

/// The log of a provider; its name in small letters.
pub(in crate::sigma) fn provider_channel(provider: &str) -> Option<&'static str> {
    PROVIDERS.iter().find(|(name, _)| *name == provider).map(|(_, channel)| *channel)
}

/// Whether a category without a product can only be of Windows.
pub(super) fn is_own(category: &str) -> bool {
    let begins = ["registry_", "ps_", "sysmon_", "wmi_", "pipe_", "create_"];
    begins.iter().any(|begin| category.starts_with(begin))
}

/// Where in Windows' logs events of a category and service are.
pub(super) fn places(category: &str, service: &str) -> Result<Vec<Place>, String> {
    let channels = match service {
        "" => None,
        service => Some(
            SERVICES
                .iter()
                .find(|(name, _)| *name == service)
                .map(|(_, channels)| *channels)
                .ok_or_else(|| format!("no log of Windows is known for the service `{service}`"))?,
        ),
    };
    let Some((_, events)) = CATEGORIES.iter().find(|(name, _)| *name == category) else {
        if !category.is_empty() && channels.is_none() {
            return Err(format!("no event of Windows is known for the category `{category}`"));
        }
        return Ok(channels.unwrap_or(&[""]).iter().map(|channel| Place { channel, ids: &[] }).collect());
    };
    let of_service = |channel: &str| channels.is_none_or(|channels| channels.contains(&channel));
    let places: Vec<Place> = events
        .iter()
        .filter(|(channel, _)| of_service(channel))
        .map(|(channel, ids)| Place { channel, ids })
        .collect();
    if places.is_empty() {
        return Err(format!("the service `{service}` tells of no `{category}`"));
    }
    Ok(places)
}
