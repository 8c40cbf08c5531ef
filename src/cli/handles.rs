//! File handles: as many as there may be connections, or else fewer connections.

use crate::http::Connections;

/// What is open besides callers' connections: three for each of the database's on SQLite, the policy's, a collector's.
const BESIDE: usize = 512;

/// As many connections as this process has handles for, whose number is raised as far as the system lets it: with none
/// left, nobody is let in, and SQLite opens no file.
pub(super) fn afforded(wanted: Connections) -> Connections {
    let handles = wanted.open.saturating_add(BESIDE);
    let granted = u64::try_from(handles).map(rlimit::increase_nofile_limit);
    let Ok(Ok(granted)) = granted else {
        tracing::warn!("the number of file handles is not known here: connections stay as they are set");
        return wanted;
    };
    let open = fitting(wanted.open, usize::try_from(granted).unwrap_or(usize::MAX));
    if open < wanted.open {
        tracing::warn!(
            wanted = wanted.open,
            open,
            "fewer connections than are set: this process may have {granted} file handles and needs {handles}; \
             raise LimitNOFILE of its service, or `ulimit -n`"
        );
    }
    Connections { open, ..wanted }
}

/// How many of these connections so many handles are enough for.
fn fitting(open: usize, handles: usize) -> usize {
    open.min(handles.saturating_sub(BESIDE).max(handles / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_handles_for_the_rest() {
        for (open, handles, fit) in [
            (4_096, 20_000, 4_096),
            (4_096, 4_608, 4_096),
            (4_096, 4_096, 3_584),
            (4_096, 256, 128),
            (1, 64, 1),
        ] {
            assert_eq!(fitting(open, handles), fit, "{open} of {handles}");
        }
    }

    #[test]
    fn what_is_set_stands_where_there_are_handles() {
        let few = Connections { open: 3, of_address: 2 };
        let afforded = afforded(few);
        assert_eq!((afforded.open, afforded.of_address), (3, 2));
    }
}
