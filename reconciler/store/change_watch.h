// Looks whether a state is still the one, and as it was, without trusting the
// generation (generation_file.h): by SQLite's own count of commits, and by the
// files that the names stand for. What it finds beyond the generation, no
// writer of writ's did.
//
// Keeps a connection of its own. One thread. Errors: those of the store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reconciler/store/generation_file.h"
#include "schema/result.h"

namespace writ::reconciler {

class Database;

class ChangeWatch {
 public:
  // Of the state that is in `folder` now.
  static Result<ChangeWatch> Open(const std::string& folder);
  ChangeWatch(ChangeWatch&&) noexcept;
  ChangeWatch& operator=(ChangeWatch&&) noexcept;
  ~ChangeWatch();

  // Another number after every commit of anybody's; means nothing else.
  Result<std::int64_t> DataVersion();
  // False where another file has the database's name by now, or none has.
  bool IsInPlace() const;
  // Ends what a writer began that is gone. False where one is at work.
  Result<bool> Mend(GenerationFile& generation);

 private:
  ChangeWatch(std::string file, GenerationFile::Identity identity,
              std::unique_ptr<Database> database);

  std::string file_;
  GenerationFile::Identity identity_;
  std::unique_ptr<Database> database_;
};

// False where another file has the generation's name by now, or none has.
bool IsInPlace(const GenerationFile& generation, const std::string& folder);

}  // namespace writ::reconciler
