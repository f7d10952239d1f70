#include "manifests/source/git_source.h"

#include <optional>
#include <utility>
#include <vector>

#include "manifests/source/byte_budget.h"
#include "manifests/source/git_tree.h"
#include "manifests/source/source_path.h"

namespace writ::manifests::git {
namespace {

// Objects that a tree names but the repository lacks: damage, or a clone that
// left blobs behind.
tl::unexpected<Error> FailWithoutBlob(const SourceEntry& entry) {
  return Fail(ErrorCode::kCorrupt,
              "the content of \"" + Harmless(entry.path) +
                  "\" is missing from the repository",
              "look with: git fsck; a clone made with --filter lacks files, "
              "clone without it");
}

class GitReader final : public SourceReader {
 public:
  static Result<std::unique_ptr<SourceReader>> Open(
      const std::string& folder, SourceLimits limits,
      std::shared_ptr<ByteBudget> budget,
      std::shared_ptr<const BlobsById> blobs) {
    Repository repository = TRY(Repository::Open(folder, Search::kHere));
    git_odb* odb = nullptr;
    const int code = git_repository_odb(&odb, repository.get());
    if (code != 0) return FailWithGit(code, "can't open the objects");
    return std::unique_ptr<SourceReader>(
        new GitReader(std::move(repository), OdbHandle(odb), limits,
                      std::move(budget), std::move(blobs)));
  }

  Result<std::string> Read(const SourceEntry& entry) override {
    const auto held = blobs_->find(entry.blob_id);
    if (held != blobs_->end()) {
      TRY(CheckFileBytes(entry.path, held->second.size(), limits_));
      TRY(budget_->Take(held->second.size()));
      return held->second;
    }
    const git_oid id = TRY(ParseId(entry.blob_id));
    TRY(CheckHeader(id, entry));
    git_odb_object* raw = nullptr;
    const int code = git_odb_read(&raw, odb_.get(), &id);
    if (code == GIT_ENOTFOUND) return FailWithoutBlob(entry);
    if (code != 0) return FailToRead(code, entry);
    const OdbObjectHandle object(raw);
    return std::string(
        static_cast<const char*>(git_odb_object_data(object.get())),
        git_odb_object_size(object.get()));
  }

 private:
  GitReader(Repository repository, OdbHandle odb, SourceLimits limits,
            std::shared_ptr<ByteBudget> budget,
            std::shared_ptr<const BlobsById> blobs)
      : repository_(std::move(repository)),
        odb_(std::move(odb)),
        limits_(limits),
        budget_(std::move(budget)),
        blobs_(std::move(blobs)) {}

  // Before the content is unpacked, so that a small object that unpacks to
  // gigabytes is refused.
  Status CheckHeader(const git_oid& id, const SourceEntry& entry) {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    const int code = git_odb_read_header(&size, &type, odb_.get(), &id);
    if (code == GIT_ENOTFOUND) return FailWithoutBlob(entry);
    if (code != 0) return FailToRead(code, entry);
    if (type != GIT_OBJECT_BLOB) {
      return Fail(ErrorCode::kCorrupt,
                  "\"" + Harmless(entry.path) + "\" is no blob in git",
                  "look with: git fsck");
    }
    TRY(CheckFileBytes(entry.path, size, limits_));
    return budget_->Take(size);
  }

  static tl::unexpected<Error> FailToRead(int code, const SourceEntry& entry) {
    return FailWithGit(code, "can't read \"" + Harmless(entry.path) + "\"");
  }

  Repository repository_;
  OdbHandle odb_;
  SourceLimits limits_;
  std::shared_ptr<ByteBudget> budget_;
  std::shared_ptr<const BlobsById> blobs_;
};

class GitSource final : public Source {
 public:
  GitSource(Repository repository, TreeHandle root, Commit commit,
            std::string folder, SourceLimits limits, BlobsById blobs)
      : repository_(std::move(repository)),
        root_(std::move(root)),
        commit_(std::move(commit)),
        folder_(std::move(folder)),
        base_folder_(repository_.folder()),
        limits_(limits),
        budget_(std::make_shared<ByteBudget>(limits.max_total_bytes)),
        blobs_(std::make_shared<const BlobsById>(std::move(blobs))) {
    if (!repository_.bare() && !folder_.empty()) base_folder_ += "/" + folder_;
  }

  const Commit& commit() const override { return commit_; }
  const std::string& base_folder() const override { return base_folder_; }
  const std::string& folder() const override { return folder_; }

  Result<std::vector<SourceEntry>> List(Diagnostics& diagnostics) override {
    return ListBelow("", diagnostics);
  }

  Result<std::vector<SourceEntry>> ListBelow(
      const std::string& folder, Diagnostics& diagnostics) override {
    return ListTree(repository_.get(), root_.get(), folder, limits_,
                    diagnostics);
  }

  Result<bool> HasFolder(const std::string& folder) override {
    auto tree = FolderTree(repository_.get(), root_.get(), folder);
    if (tree) return true;
    const ErrorCode code = tree.error().code;
    if (code == ErrorCode::kNotFound || code == ErrorCode::kInvalidArgument) {
      return false;
    }
    return tl::unexpected<Error>(std::move(tree).error());
  }

  Result<std::optional<SourceEntry>> Find(const std::string& path) override {
    const std::string inside = TRY(NormalizePath(path));
    if (inside.empty()) return std::optional<SourceEntry>();
    const EntryHandle entry = TRY(FindFile(root_.get(), inside));
    if (!entry) return std::optional<SourceEntry>();
    return std::optional<SourceEntry>(
        SourceEntry{inside, Hex(*git_tree_entry_id(entry.get())), 0});
  }

  Result<std::unique_ptr<SourceReader>> NewReader() override {
    return GitReader::Open(repository_.folder(), limits_, budget_, blobs_);
  }

  Result<std::optional<std::vector<SourceChange>>> ChangedSince(
      const std::string& tree_id) override {
    const Result<git_oid> before = ParseId(tree_id);
    if (!before) return std::optional<std::vector<SourceChange>>();
    return CompareTrees(repository_.get(), *before, root_.get(), limits_);
  }

 private:
  Repository repository_;
  TreeHandle root_;
  Commit commit_;
  std::string folder_;
  std::string base_folder_;
  SourceLimits limits_;
  std::shared_ptr<ByteBudget> budget_;
  std::shared_ptr<const BlobsById> blobs_;
};

}  // namespace

Result<std::string> FindRootFolder(const git_tree* tree,
                                   const SourceRequest& request,
                                   const std::string& start) {
  if (!request.folder.empty()) return NormalizePath(request.folder);
  std::string folder = start;
  while (true) {
    const EntryHandle file =
        TRY(FindFile(tree, JoinPath(folder, kRepositoryFile)));
    if (file) return folder;
    if (folder.empty()) return start;
    folder = ParentPath(folder);
  }
}

Result<std::unique_ptr<Source>> OpenTree(Repository&& repository,
                                         const git_tree* tree, Commit commit,
                                         const SourceRequest& request,
                                         const std::string& start,
                                         BlobsById blobs) {
  const std::string folder = TRY(FindRootFolder(tree, request, start));
  TreeHandle root = TRY(FolderTree(repository.get(), tree, folder));
  commit.tree_id = Hex(*git_tree_id(root.get()));
  return std::unique_ptr<Source>(
      new GitSource(std::move(repository), std::move(root), std::move(commit),
                    folder, request.limits, std::move(blobs)));
}

Result<std::unique_ptr<Source>> OpenRevision(Repository repository,
                                             const SourceRequest& request,
                                             const std::string& start) {
  const CommitHandle commit = TRY(ResolveCommit(repository, request.ref));
  const TreeHandle tree = TRY(RootTree(commit.get()));
  return OpenTree(std::move(repository), tree.get(),
                  DescribeCommit(commit.get(), request.ref), request, start);
}

}  // namespace writ::manifests::git
