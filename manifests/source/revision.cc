#include "manifests/source/revision.h"

#include <set>
#include <utility>
#include <vector>

#include "manifests/source/git_repository.h"
#include "manifests/source/git_source.h"
#include "manifests/source/location.h"
#include "manifests/source/source_path.h"

namespace writ::manifests {
namespace {

using git::CommitHandle;
using git::EntryHandle;
using git::FailWithGit;
using git::Repository;
using git::TreeHandle;

// A shallow clone names parents that it doesn't hold; libgit2's own search
// fails at the first. Null: the parent isn't here.
Result<CommitHandle> FindParent(const git_commit* commit, unsigned index) {
  git_commit* raw = nullptr;
  const int code = git_commit_parent(&raw, commit, index);
  if (code == GIT_ENOTFOUND) return CommitHandle();
  if (code != 0) return FailWithGit(code, "can't read a parent commit");
  return CommitHandle(raw);
}

struct ById {
  bool operator()(const git_oid& a, const git_oid& b) const {
    return git_oid_cmp(&a, &b) < 0;
  }
};

Result<bool> IsReachableInShallow(const git_oid& wanted, CommitHandle from) {
  std::set<git_oid, ById> seen = {*git_commit_id(from.get())};
  std::vector<CommitHandle> open;
  open.push_back(std::move(from));
  bool cut_off = false;
  while (!open.empty()) {
    const CommitHandle commit = std::move(open.back());
    open.pop_back();
    if (git_oid_equal(git_commit_id(commit.get()), &wanted)) return true;
    for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
      if (!seen.insert(*git_commit_parent_id(commit.get(), i)).second) continue;
      CommitHandle parent = TRY(FindParent(commit.get(), i));
      if (parent) {
        open.push_back(std::move(parent));
      } else {
        cut_off = true;
      }
    }
  }
  if (!cut_off) return false;
  return Fail(ErrorCode::kNotFound,
              "the clone is shallow: its history ends before it tells whether "
              "the commit belongs to it",
              "fetch the rest: git fetch --unshallow");
}

// One commit's file, by the ids on the way to it.
Result<EntryHandle> FileIn(const git_commit* commit, const std::string& path) {
  const TreeHandle tree = TRY(git::RootTree(commit));
  return git::FindFile(tree.get(), path);
}

bool SameTree(const git_commit* a, const git_commit* b) {
  return git_oid_equal(git_commit_tree_id(a), git_commit_tree_id(b)) != 0;
}

bool SameFile(const EntryHandle& a, const EntryHandle& b) {
  return a && b &&
         git_oid_equal(git_tree_entry_id(a.get()), git_tree_entry_id(b.get()));
}

enum class Step { kMoved, kStays, kCutOff };

// Moves `commit` to a parent that has the same file, when there is one.
Result<Step> StepBack(CommitHandle& commit, const EntryHandle& file,
                      const std::string& path) {
  for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
    CommitHandle parent = TRY(FindParent(commit.get(), i));
    if (!parent) return Step::kCutOff;
    const bool same = SameTree(commit.get(), parent.get()) ||
                      SameFile(file, TRY(FileIn(parent.get(), path)));
    if (!same) continue;
    commit = std::move(parent);
    return Step::kMoved;
  }
  return Step::kStays;
}

Result<bool> HasChangedYaml(const Repository& repository,
                            const std::string& folder) {
  // "*" of git's patterns spans folders.
  std::string patterns[] = {JoinPath(folder, "*.yaml"),
                            JoinPath(folder, "*.yml")};
  char* pointers[] = {patterns[0].data(), patterns[1].data()};
  git_status_options options;
  git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED |
                  GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                  GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
  options.pathspec = {pointers, 2};
  git_status_list* raw = nullptr;
  const int code = git_status_list_new(&raw, repository.get(), &options);
  if (code != 0) return FailWithGit(code, "can't compare the working tree");
  const git::StatusHandle status(raw);
  return git_status_list_entrycount(status.get()) > 0;
}

}  // namespace

Result<std::string> ResolveRef(const std::string& path,
                               const std::string& ref) {
  const SourceLocation location = TRY(LocateRepository(path));
  const CommitHandle commit =
      TRY(git::ResolveCommit(*location.repository, ref));
  return git::Hex(*git_commit_id(commit.get()));
}

Result<bool> IsAncestor(const std::string& path, const std::string& commit,
                        const std::string& ref) {
  const SourceLocation location = TRY(LocateRepository(path));
  const Repository& repository = *location.repository;
  CommitHandle tip = TRY(git::ResolveCommit(repository, ref));
  const CommitHandle wanted = TRY(git::ResolveCommit(repository, commit));
  const git_oid& id = *git_commit_id(wanted.get());
  if (git_oid_equal(&id, git_commit_id(tip.get()))) return true;
  if (git_repository_is_shallow(repository.get()) == 1) {
    return IsReachableInShallow(id, std::move(tip));
  }
  const int code =
      git_graph_descendant_of(repository.get(), git_commit_id(tip.get()), &id);
  if (code < 0) return FailWithGit(code, "can't walk the history");
  return code == 1;
}

Result<std::int64_t> CountCommitsBetween(const std::string& path,
                                         const std::string& commit,
                                         const std::string& ref) {
  const SourceLocation location = TRY(LocateRepository(path));
  const Repository& repository = *location.repository;
  const CommitHandle tip = TRY(git::ResolveCommit(repository, ref));
  const CommitHandle base = TRY(git::ResolveCommit(repository, commit));
  std::size_t ahead = 0;
  std::size_t behind = 0;
  const int code = git_graph_ahead_behind(&ahead, &behind, repository.get(),
                                          git_commit_id(tip.get()),
                                          git_commit_id(base.get()));
  if (code < 0) return FailWithGit(code, "can't walk the history");
  return static_cast<std::int64_t>(ahead);
}

Result<std::optional<Commit>> LastCommitTouching(const SourceRequest& request,
                                                 const std::string& file,
                                                 std::uint32_t max_commits) {
  const SourceLocation location = TRY(LocateRepository(request.path));
  CommitHandle commit =
      TRY(git::ResolveCommit(*location.repository, request.ref));
  const TreeHandle tree = TRY(git::RootTree(commit.get()));
  const std::string folder =
      TRY(git::FindRootFolder(tree.get(), request, location.start));
  const std::string path = JoinPath(folder, TRY(NormalizePath(file)));
  const EntryHandle entry = TRY(git::FindFile(tree.get(), path));
  if (!entry) return std::optional<Commit>();
  for (std::uint32_t i = 0; i < max_commits; ++i) {
    switch (TRY(StepBack(commit, entry, path))) {
      case Step::kMoved:
        continue;
      case Step::kStays:
        return std::optional<Commit>(
            git::DescribeCommit(commit.get(), request.ref));
      case Step::kCutOff:
        return std::optional<Commit>();
    }
  }
  return std::optional<Commit>();
}

Result<bool> HasUncommittedChanges(const SourceRequest& request) {
  const SourceLocation location = TRY(Locate(request.path));
  if (!location.repository || location.repository->bare()) return false;
  const Repository& repository = *location.repository;
  std::string folder = location.start;
  // Before the first commit every file is uncommitted.
  if (git_repository_head_unborn(repository.get()) != 1) {
    const CommitHandle head = TRY(git::ResolveCommit(repository, "HEAD"));
    const CommitHandle read = TRY(git::ResolveCommit(repository, request.ref));
    if (!git_oid_equal(git_commit_id(head.get()), git_commit_id(read.get()))) {
      return false;
    }
    const TreeHandle tree = TRY(git::RootTree(head.get()));
    folder = TRY(git::FindRootFolder(tree.get(), request, location.start));
  }
  return HasChangedYaml(repository, folder);
}

}  // namespace writ::manifests
