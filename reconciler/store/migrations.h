// The versions of the schema. Version N is what the first N texts make of an
// empty file; a version that was released never changes. `user_version` holds
// it, `application_id` says that the file is a state of writ.
//
// Calls throw SQLite::Exception (database.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "reconciler/store/database.h"

namespace writ::reconciler {

inline constexpr std::int64_t kApplicationId = 0x77726974;  // "writ"

// Random hexadecimal digits: what a lineage is named by.
inline constexpr std::size_t kLineageDigits = 32;

// migrations/0001.sql, 0002.sql, …
std::span<const std::string_view> MigrationTexts();

// The version that this program writes.
int NewestVersion();

// 0: an empty file. Throws where it is a database of something else.
int SchemaVersion(Database& database);

// Throws where the schema holds what runs by itself: triggers, views, virtual
// tables (T-13).
void RefuseForeignObjects(Database& database);

// REQUIRES: inside a transaction.
void MigrateFrom(Database& database, int version, int to);

}  // namespace writ::reconciler
