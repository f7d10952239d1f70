// Where manifests are read from: one revision of a git repository, or a folder.
// A source lists regular files below its root and reads them; links are never
// followed, submodules and other repositories inside are passed over with a
// warning (T-22).
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
  std::string path;     // relative to the root, "/" between the parts
  std::string blob_id;  // git's id in hexadecimal; empty outside git
  std::uint64_t size = 0;  // bytes; 0 where the source doesn't know it yet

  bool operator==(const SourceEntry&) const = default;
};

// Stated limits of T-22; each is named in the error that meets it.
struct SourceLimits {
  std::uint64_t max_files = 500'000;
  std::uint64_t max_file_bytes = 4u << 20;
  std::uint64_t max_total_bytes = 2ull << 30;
  std::uint32_t max_depth = 32;  // folders below the root
};

class SourceReader {
 public:
  virtual ~SourceReader() = default;
  // The file's bytes. kNotFound, kIo, kPermission, kCorrupt, kLimit; an
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
  // Absolute folder that relative paths of writ.yaml (state) start from: the
  // root of the working tree; a bare repository's own folder.
  virtual const std::string& base_folder() const = 0;

  // YAML files (.yaml, .yml) below the root in byte order of their paths.
  // Warnings (submodules, links) go to `diagnostics`.
  virtual Result<std::vector<SourceEntry>> List(Diagnostics& diagnostics) = 0;
  // One file by its path; nullopt when there is none.
  virtual Result<std::optional<SourceEntry>> Find(const std::string& path) = 0;
  virtual Result<std::unique_ptr<SourceReader>> NewReader() = 0;
  // YAML files that differ from those of the tree with that id, in byte order;
  // nullopt when this source can't tell (no git, or the tree is gone).
  virtual Result<std::optional<std::vector<SourceChange>>> ChangedSince(
      const std::string& tree_id) = 0;
};

struct SourceRequest {
  std::string path = ".";  // a file system path; searched upwards for git
  std::string ref = "HEAD";
  bool working_tree = false;  // read the files as they lie there
  std::string folder;         // sub-folder of the repository; empty: its root
  SourceLimits limits;
};

// Opens a git repository (local, bare, worktree, packed, shallow) at the ref
// through libgit2, or the working tree, or a folder outside git. Errors say the
// remedy: a repository owned by another user, a missing ref (with
// suggestions), an empty repository, a URL.
Result<std::unique_ptr<Source>> OpenSource(const SourceRequest& request);

}  // namespace writ::manifests
