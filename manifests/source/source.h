// Where manifests are read from: one revision of a git repository, or a folder.
// A source lists regular files below its root and reads them; links are never
// followed, submodules and other repositories inside are passed over with a
// warning (T-22). Files and folders whose names begin with a dot are left out
// of lists; Find and Read still reach them by name. Bytes are handed over as
// they are stored: no line ending is changed, no filter applied.
//
// A Source is used by one thread; readers made by it by one thread each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schema/diagnostic.h"
#include "schema/facts.h"
#include "schema/result.h"

namespace writ::manifests {

struct SourceEntry {
  std::string path;        // relative to the root, "/" between the parts
  std::string blob_id;     // git's id in hexadecimal; empty outside git
  std::uint64_t size = 0;  // bytes; 0 where the source doesn't know it yet

  bool operator==(const SourceEntry&) const = default;
};

// Stated limits of T-22; each is named in the error that meets it.
struct SourceLimits {
  std::uint64_t max_files = 500'000;
  std::uint64_t max_file_bytes = 4u << 20;
  std::uint64_t max_total_bytes = 2ull << 30;
  std::uint32_t max_depth = 32;           // folders below the root
  std::uint64_t max_entries = 5'000'000;  // files and folders of any name
};

class SourceReader {
 public:
  virtual ~SourceReader() = default;
  // The file's bytes. kNotFound, kIo, kPermission, kCorrupt, kLimit where the
  // whole source is too large, kInvalidManifest where the file is; an
  // unreadable file is never an absence (T-12). Blocks on disk.
  virtual Result<std::string> Read(const SourceEntry& entry) = 0;
};

// A file that is not what it was in another tree.
struct SourceChange {
  std::string path;
  std::optional<SourceEntry> now;  // absent: gone
};

class Source {
 public:
  virtual ~Source() = default;

  virtual const Commit& commit() const = 0;
  // Absolute folder that relative paths of writ.yaml (state) start from: where
  // the source's root lies in the working tree; a bare repository's own folder.
  virtual const std::string& base_folder() const = 0;
  // From the repository's root to the source's, as in "deploy/writ"; empty
  // where the two are one, and outside git.
  virtual const std::string& folder() const;

  // YAML files (.yaml, .yml) below the root in byte order of their paths.
  // Warnings (submodules, links) go to `diagnostics`.
  virtual Result<std::vector<SourceEntry>> List(Diagnostics& diagnostics) = 0;
  // Those of List below one folder; none where there is no such folder. In git
  // the cost is that of the folder. REQUIRES: a folder below the root.
  virtual Result<std::vector<SourceEntry>> ListBelow(const std::string& folder,
                                                     Diagnostics& diagnostics);
  // Whether there is such a folder, whatever it holds. By default: whether a
  // YAML file lies below it. REQUIRES: as for ListBelow.
  virtual Result<bool> HasFolder(const std::string& folder);
  // One regular file by its path; nullopt when there is none (a link or a
  // folder is none). kInvalidArgument for a path that leads outside.
  virtual Result<std::optional<SourceEntry>> Find(const std::string& path) = 0;
  virtual Result<std::unique_ptr<SourceReader>> NewReader() = 0;
  // YAML files that differ from those of the tree with that id, in byte order;
  // nullopt when this source can't tell (no git, the tree is gone, or List has
  // an error to report). The cost follows what differs.
  virtual Result<std::optional<std::vector<SourceChange>>> ChangedSince(
      const std::string& tree_id) = 0;
};

struct SourceRequest {
  std::string path = ".";  // a file system path; searched upwards for git
  std::string ref = "HEAD";
  bool working_tree = false;  // read the files as they lie there
  std::string folder;  // the root, from the repository's root; empty: searched
  SourceLimits limits;
};

// Opens a git repository (local, bare, worktree, packed, shallow) at the ref
// through libgit2, or its working tree, or a folder outside git. Blocks on
// disk.
//
// The root is `folder`, or else the nearest folder from `path` up to the
// repository's root that holds a writ.yaml, or else `path` itself; outside git
// it is `path` and `folder` below it.
//
// A working tree is read with its uncommitted changes, without what git
// ignores; Commit::dirty says whether there are any (see revision.h for the
// same question about a commit).
//
// Errors say the remedy. kNotFound: no such path, ref (with the nearest names),
// folder, or no commit yet. kPermission: another user's repository.
// kUnsupported: a URL. kInvalidArgument: a folder that leads outside, a ref
// outside git, a working tree of a bare repository.
Result<std::unique_ptr<Source>> OpenSource(const SourceRequest& request);

}  // namespace writ::manifests
