#include "tests/bench/floors.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <git2.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <atomic>
#include <memory>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/child.h"

namespace writ::bench {
namespace {

class Ignore final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

template <auto kFree>
struct Deleter {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using RepositoryHandle =
    std::unique_ptr<git_repository, Deleter<git_repository_free>>;
using ObjectHandle = std::unique_ptr<git_object, Deleter<git_object_free>>;
using BlobHandle = std::unique_ptr<git_blob, Deleter<git_blob_free>>;

void Check(int code, const char* what) {
  if (code < 0) {
    const git_error* error = git_error_last();
    Die(std::string(what) + ": " + (error ? error->message : "libgit2"));
  }
}

RepositoryHandle OpenRepository(const std::string& path) {
  git_repository* repository = nullptr;
  Check(git_repository_open(&repository, path.c_str()), "open repository");
  return RepositoryHandle(repository);
}

int KeepYaml(const char*, const git_tree_entry* entry, void* payload) {
  const std::string_view name = git_tree_entry_name(entry);
  constexpr std::string_view kSuffix = ".yaml";
  if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
      name.size() > kSuffix.size() &&
      name.substr(name.size() - kSuffix.size()) == kSuffix) {
    static_cast<std::vector<git_oid>*>(payload)->push_back(
        *git_tree_entry_id(entry));
  }
  return 0;
}

std::vector<git_oid> ListBlobs(git_repository* repository) {
  git_object* tree = nullptr;
  Check(git_revparse_single(&tree, repository, "HEAD^{tree}"), "find HEAD");
  const ObjectHandle owned(tree);
  std::vector<git_oid> blobs;
  Check(git_tree_walk(reinterpret_cast<git_tree*>(tree), GIT_TREEWALK_PRE,
                      KeepYaml, &blobs),
        "walk HEAD");
  return blobs;
}

void ParseBlob(git_repository* repository, const git_oid& id) {
  git_blob* blob = nullptr;
  Check(git_blob_lookup(&blob, repository, &id), "read a blob");
  const BlobHandle owned(blob);
  std::istringstream text(
      std::string(static_cast<const char*>(git_blob_rawcontent(blob)),
                  static_cast<std::size_t>(git_blob_rawsize(blob))));
  YAML::Parser parser(text);
  Ignore ignore;
  while (parser.HandleNextDocument(ignore)) {
  }
}

}  // namespace

int ParseEveryBlob(const std::string& repository) {
  git_libgit2_init();
  const std::vector<git_oid> blobs =
      ListBlobs(OpenRepository(repository).get());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    const RepositoryHandle own = OpenRepository(repository);
    constexpr std::size_t kBatch = 64;
    for (;;) {
      const std::size_t from = next.fetch_add(kBatch);
      if (from >= blobs.size()) return;
      const std::size_t to = std::min(from + kBatch, blobs.size());
      for (std::size_t i = from; i < to; ++i) ParseBlob(own.get(), blobs[i]);
    }
  };
  {
    std::vector<std::jthread> threads;
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < cores; ++i) threads.emplace_back(work);
  }
  git_libgit2_shutdown();
  return static_cast<int>(blobs.size());
}

int WalkTreeAndRows(const std::string& repository,
                    const std::string& state_database) {
  git_libgit2_init();
  const std::vector<git_oid> blobs =
      ListBlobs(OpenRepository(repository).get());
  git_libgit2_shutdown();
  int rows = 0;
  std::size_t bytes = 0;
  const SQLite::Database database(state_database, SQLite::OPEN_READONLY);
  SQLite::Statement query(database,
                          "SELECT address, desired_digest FROM resources");
  while (query.executeStep()) {
    bytes += static_cast<std::size_t>(query.getColumn(0).getBytes() +
                                      query.getColumn(1).getBytes());
    ++rows;
  }
  if (blobs.empty() || bytes == 0) Die("nothing to walk or read");
  return rows;
}

}  // namespace writ::bench
