// What tells gateways that the state has changed, without a question to the
// database (design, section 8): `state.db.gen` beside it, a 64-bit counter that
// every process that has the state open maps.
//
//   even, as it was    nothing was committed since
//   even, higher       something was; read what changed
//   odd                a writer is at its commit, or ended there: ask the
//                      database, for either answer may be true
//
// A writer moves it under SQLite's write lock: odd, commit, even and higher. A
// writer that was killed in between leaves it odd, which costs speed alone; the
// next one takes it over. A number is never given twice, and what one writer
// made odd only that one makes even: one that committed, but hasn't come to the
// second move when the next writer begins, leaves the move to that one.
//
// What it holds means nothing between boots, nor is it in backups. Load and the
// moves are safe from any thread and process, and make no system call.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "schema/result.h"

namespace writ::reconciler {

class GenerationFile {
 public:
  // Which file it is, whatever its name: for who wants to know whether that is
  // still the one.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    bool operator==(const Identity&) const = default;
  };

  // Of the state in `folder`; makes the file, 0600, where there is none.
  // kPermission for a link or another owner, kIo, kUnsupported where the file
  // system can't share memory.
  static Result<GenerationFile> Open(const std::string& folder);
  static std::string PathIn(const std::string& folder);

  GenerationFile(GenerationFile&& other) noexcept
      : counter_(std::exchange(other.counter_, nullptr)),
        identity_(other.identity_) {}
  GenerationFile& operator=(GenerationFile&& other) noexcept;
  ~GenerationFile();

  static bool IsOdd(std::uint64_t generation) { return generation % 2 != 0; }

  std::uint64_t Load() const;
  // Gives the odd number that MakeEven wants back. REQUIRES: the write lock.
  std::uint64_t MakeOdd();
  // Nothing where another writer took over meanwhile.
  void MakeEven(std::uint64_t odd);

  const Identity& identity() const { return identity_; }

 private:
  GenerationFile(std::uint64_t* counter, Identity identity)
      : counter_(counter), identity_(identity) {}

  std::uint64_t* counter_;  // mapped, shared
  Identity identity_;
};

// Odd from here to its end. REQUIRES: the write lock, held when it begins.
class GenerationMove {
 public:
  // Null: does nothing.
  explicit GenerationMove(GenerationFile* file)
      : file_(file), odd_(file == nullptr ? 0 : file->MakeOdd()) {}
  ~GenerationMove() {
    if (file_ != nullptr) file_->MakeEven(odd_);
  }
  GenerationMove(const GenerationMove&) = delete;
  GenerationMove& operator=(const GenerationMove&) = delete;

 private:
  GenerationFile* file_;
  std::uint64_t odd_;
};

}  // namespace writ::reconciler
