//! The largest size that this process had. Only Linux tells.

/// Has the system forget how large this process once was. Elsewhere than on Linux: does nothing.
pub(crate) fn reset_peak_rss() {
    // Refused in some containers: the figure is then that of the whole process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The largest resident size of this process, or 0 where the system does not tell.
pub(crate) fn peak_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
