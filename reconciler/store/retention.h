// How long deleted resources can be brought back (T-12), and how many versions
// of a schema are kept for the transitive compatibility modes.
#pragma once

#include <chrono>

namespace writ::reconciler {

inline constexpr std::chrono::hours kTrashRetention{7 * 24};
inline constexpr int kSchemaVersionsKept = 100;

}  // namespace writ::reconciler
