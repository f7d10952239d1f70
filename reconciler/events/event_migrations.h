// The versions of events.db. Version N is what the first N texts make of an
// empty file; a version that was released never changes.
#pragma once

#include <span>
#include <string_view>

namespace writ::reconciler {

// migrations/0001.sql, 0002.sql, …
std::span<const std::string_view> EventMigrationTexts();

}  // namespace writ::reconciler
