#include "reconciler/store/change_watch.h"

#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "reconciler/store/database.h"
#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {
namespace {

std::optional<GenerationFile::Identity> IdentityOf(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return GenerationFile::Identity{status.st_dev, status.st_ino};
}

bool IsStill(const GenerationFile::Identity& identity,
             const std::string& file) {
  return IdentityOf(file) == identity;
}

}  // namespace

ChangeWatch::ChangeWatch(std::string file, GenerationFile::Identity identity,
                         std::unique_ptr<Database> database)
    : file_(std::move(file)),
      identity_(identity),
      database_(std::move(database)) {}
ChangeWatch::ChangeWatch(ChangeWatch&&) noexcept = default;
ChangeWatch& ChangeWatch::operator=(ChangeWatch&&) noexcept = default;
ChangeWatch::~ChangeWatch() = default;

Result<ChangeWatch> ChangeWatch::Open(const std::string& folder) {
  const std::string file = folder + "/state.db";
  // Taken first: a file that is exchanged meanwhile is noticed at the first
  // look.
  const auto identity = IdentityOf(file);
  if (!identity) {
    return Fail(ErrorCode::kNotFound,
                "can't look at " + file + ": " +
                    std::error_code(errno, std::generic_category()).message());
  }
  return Guarded("watching " + file, [&]() -> Result<ChangeWatch> {
    DatabaseOptions options;
    options.file = file;
    // Whoever holds the write lock is alive: nothing to wait for.
    options.busy_timeout = std::chrono::milliseconds(0);
    return ChangeWatch(file, *identity, std::make_unique<Database>(options));
  });
}

Result<std::int64_t> ChangeWatch::DataVersion() {
  return Guarded("watching " + file_, [&]() -> Result<std::int64_t> {
    Query query = database_->Prepare("PRAGMA data_version");
    if (!query.Step()) throw CorruptState("it counts no commits");
    return query.Integer(0);
  });
}

bool ChangeWatch::IsInPlace() const { return IsStill(identity_, file_); }

Result<bool> ChangeWatch::Mend(GenerationFile& generation) {
  const Status locked = Guarded("mending the generation", [&]() -> Status {
    database_->Execute("BEGIN IMMEDIATE");
    return {};
  });
  if (!locked && locked.error().code == ErrorCode::kLocked) return false;
  TRY(locked);
  if (GenerationFile::IsOdd(generation.Load())) {
    const GenerationMove move(&generation);
  }
  database_->sqlite().tryExec("ROLLBACK");
  return true;
}

bool IsInPlace(const GenerationFile& generation, const std::string& folder) {
  return IsStill(generation.identity(), GenerationFile::PathIn(folder));
}

}  // namespace writ::reconciler
