//! How much CPU time processes have used, and memory, as Linux tells it under /proc.
use std::fs;

/// Ticks of a second in /proc; Linux has shown 100 to programs ever since.
const TICKS: f64 = 100.0;

/// What is known of a process: its parent, its own CPU seconds, and those of its children that have ended.
struct Process {
    parent: u32,
    own: f64,
    ended_children: f64,
}

fn process(id: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in brackets and may hold anything; behind it, fields are numbered from 3.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |number: usize| fields[number - 3].parse::<f64>().map(|ticks| ticks / TICKS);
    Some(Process {
        parent: fields[1].parse().ok()?,
        own: ticks(14).ok()? + ticks(15).ok()?,
        ended_children: ticks(16).ok()? + ticks(17).ok()?,
    })
}

/// CPU seconds of a process.
pub(crate) fn own(id: u32) -> f64 {
    process(id).map_or(0.0, |process| process.own)
}

/// CPU seconds of a process and all its children, those that have ended included.
pub(crate) fn family(id: u32) -> f64 {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children: f64 =
        ids.filter_map(process).filter(|process| process.parent == id).map(|child| child.own).sum();
    children + process(id).map_or(0.0, |process| process.own + process.ended_children)
}

/// CPU seconds of this process's children that have ended.
pub(crate) fn ended_children() -> f64 {
    process(std::process::id()).map_or(0.0, |process| process.ended_children)
}

/// A line of /proc/ID/status in MiB, such as `VmHWM`.
pub(crate) fn memory(id: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let found = status.lines().find_map(|it| it.strip_prefix(line)?.strip_prefix(':'));
    let kilobytes = found.and_then(|it| it.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}
