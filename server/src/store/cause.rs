//! Why the store cannot be written, in a few words that anybody may read: no path, no address, no name.

use super::StoreError;
use ::redis::{ErrorKind, RedisError, ServerErrorKind};
use rusqlite::ErrorCode;

/// The words for it: "the disk is full".
pub(super) fn cause(error: &StoreError) -> &'static str {
    match error {
        StoreError::TakenOver(_) => "another forewatch has taken it over",
        StoreError::Database { source, .. } => {
            source.sqlite_error_code().map_or("its database does not take it", of_sqlite)
        }
        StoreError::Redis { source, .. } => of_redis(source),
        StoreError::Damaged(_) => "it is damaged",
        StoreError::Unusable(_) | StoreError::Changed | StoreError::Invalid(_) => "it does not take what is written",
    }
}

fn of_sqlite(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::DiskFull => "the disk is full",
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => "it can only be read",
        ErrorCode::SystemIoFailure => "the disk does not take what is written",
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => "another program holds it",
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => "its file is damaged",
        _ => "its database does not take it",
    }
}

fn of_redis(error: &RedisError) -> &'static str {
    match error.code() {
        Some("OOM") => return "the memory of Redis is full",
        Some("MISCONF") => return "Redis cannot write its own disk",
        Some("NOAUTH" | "WRONGPASS" | "NOPERM") => return "Redis does not let Forewatch in",
        _ => {}
    }
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::ReadOnly) => "this Redis takes no writes: another has its place",
        ErrorKind::Server(ServerErrorKind::BusyLoading) => "Redis is still reading its data",
        ErrorKind::Server(_) | ErrorKind::Extension => "Redis does not take what is written",
        _ => "Redis does not answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_code(code: i32) -> &'static str {
        let source = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        cause(&StoreError::Database { doing: "writing the log", source })
    }

    fn of_answer(answer: &str) -> &'static str {
        let value = ::redis::parse_redis_value(format!("-{answer}\r\n").as_bytes()).expect("an answer");
        let source = value.extract_error().expect_err("it is an error");
        cause(&StoreError::Redis { doing: "writing the log", source })
    }

    #[test]
    fn what_sqlite_says_is_told_in_words() {
        assert_eq!(of_code(rusqlite::ffi::SQLITE_FULL), "the disk is full");
        assert_eq!(of_code(rusqlite::ffi::SQLITE_READONLY_DBMOVED), "it can only be read");
        assert_eq!(of_code(rusqlite::ffi::SQLITE_IOERR_WRITE), "the disk does not take what is written");
    }

    #[test]
    fn what_redis_says_or_does_not_say_is_told_in_words() {
        assert_eq!(of_answer("OOM command not allowed when used memory > 'maxmemory'"), "the memory of Redis is full");
        assert_eq!(of_answer("MISCONF Redis is configured to save"), "Redis cannot write its own disk");
        assert_eq!(of_answer("LOADING Redis is loading the dataset"), "Redis is still reading its data");
        assert_eq!(of_answer("ERR no"), "Redis does not take what is written");
        let source = std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into();
        assert_eq!(cause(&StoreError::Redis { doing: "writing the log", source }), "Redis does not answer");
    }
}
