// The folder of a state and the files in it, before SQLite sees them (T-15):
// the folder is 0700 and its files 0600 under any umask; a symbolic link,
// another owner, a network file system are refused, saying what to do.
//
// Never opens a file that SQLite may have open: closing it would drop the locks
// of this process.
#pragma once

#include <cstdint>
#include <string>

#include "schema/result.h"

namespace writ::reconciler {

enum class FolderUse : std::uint8_t {
  kRead,    // looks only
  kWrite,   // tightens loose modes
  kCreate,  // makes what isn't there
};

struct StateFolder {
  std::string path;      // absolute
  std::string database;  // path + "/state.db"
  // False where this process can't make files in it.
  bool writable = true;
  // The database was not there and was made, empty.
  bool is_new = false;
  // False where a log was left that the database lacks.
  bool log_is_empty = true;
};

// kNotFound where there is no state, kPermission for a wrong owner, a link or
// modes that let others write (kRead), kUnsupported for a network file system,
// kIo.
Result<StateFolder> OpenStateFolder(const std::string& folder, FolderUse use);

// A folder for a state that is put there as a whole: kConflict where it has
// one, or a part of one. Errors as above.
Result<StateFolder> MakeStateFolder(const std::string& folder);

// An empty file, 0600 under any umask, under a name of its own beside `file`;
// gives that name.
Result<std::string> CreateDraft(const std::string& file);

// Gives the draft its final name; kConflict where that is taken. Durable.
Status PublishFile(const std::string& from, const std::string& to);

// Of statfs's f_type: where locks and shared memory can't be relied on.
bool IsNetworkFileSystem(std::uint64_t type);

}  // namespace writ::reconciler
