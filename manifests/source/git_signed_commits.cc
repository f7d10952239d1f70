#include <git2/sys/mempack.h>

#include <algorithm>
#include <utility>

#include "manifests/source/git_repository.h"
#include "manifests/source/location.h"
#include "manifests/source/signed_commits.h"
#include "manifests/source/source_path.h"

namespace writ::manifests {
namespace {

using git::CommitHandle;
using git::FailWithGit;
using git::Handle;
using git::Hex;
using git::Repository;

using WalkHandle = Handle<git_revwalk, git_revwalk_free>;

struct Text {
  git_buf buffer = GIT_BUF_INIT;
  Text() = default;
  ~Text() { git_buf_dispose(&buffer); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  std::string str() const { return std::string(buffer.ptr, buffer.size); }
};

Timestamp TimeOf(git_time_t seconds) {
  constexpr git_time_t kLastTime = 253402300799;  // 9999-12-31T23:59:59Z
  return Timestamp(
      std::chrono::seconds(std::clamp<git_time_t>(seconds, 0, kLastTime)));
}

Status ReadSignature(git_repository* repository, const git_oid& id,
                     SignedCommit& read) {
  Text signature;
  Text text;
  git_oid wanted = id;
  const int code = git_commit_extract_signature(&signature.buffer, &text.buffer,
                                                repository, &wanted, nullptr);
  if (code == GIT_ENOTFOUND) return {};
  if (code != 0) {
    return FailWithGit(code, "can't read the signature of " + Hex(id));
  }
  read.signature = signature.str();
  read.signed_text = text.str();
  return {};
}

Result<SignedCommit> Describe(git_repository* repository,
                              const git_commit* commit) {
  const git_oid& id = *git_commit_id(commit);
  SignedCommit read;
  read.commit = git::DescribeCommit(commit, Hex(id));
  const git_signature* committer = git_commit_committer(commit);
  read.committer_email = Harmless(committer->email);
  read.committed_at = TimeOf(committer->when.time);
  for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
    read.parents.push_back(Hex(*git_commit_parent_id(commit, i)));
  }
  TRY(ReadSignature(repository, id, read));
  return read;
}

tl::unexpected<Error> FailToWalk(const Repository& repository, int code) {
  if (git_repository_is_shallow(repository.get()) == 1) {
    return Fail(ErrorCode::kNotFound,
                "the clone is shallow: its history ends before the commits "
                "that have to be looked at",
                "fetch the rest: git fetch --unshallow");
  }
  return FailWithGit(code, "can't walk the history");
}

Result<WalkHandle> Walk(const Repository& repository, const git_oid& base,
                        const git_oid& tip) {
  git_revwalk* raw = nullptr;
  int code = git_revwalk_new(&raw, repository.get());
  if (code != 0) return FailWithGit(code, "can't walk the history");
  WalkHandle walk(raw);
  git_revwalk_sorting(raw, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE);
  code = git_revwalk_push(raw, &tip);
  if (code == 0) code = git_revwalk_hide(raw, &base);
  if (code != 0) return FailToWalk(repository, code);
  return walk;
}

// The merge writes what it makes here, and it goes with the repository.
Status KeepInMemory(const Repository& repository) {
  git_odb* raw = nullptr;
  int code = git_repository_odb(&raw, repository.get());
  if (code != 0) return FailWithGit(code, "can't read the repository");
  const git::OdbHandle odb(raw);
  git_odb_backend* memory = nullptr;
  code = git_mempack_new(&memory);
  constexpr int kFirst = 1000;  // before those on disk
  if (code == 0) code = git_odb_add_backend(odb.get(), memory, kFirst);
  if (code != 0) return FailWithGit(code, "can't merge in memory");
  return {};
}

Result<CommitHandle> ParentOf(const git_commit* commit, unsigned index) {
  git_commit* raw = nullptr;
  const int code = git_commit_parent(&raw, commit, index);
  if (code != 0) return FailWithGit(code, "can't read a parent commit");
  return CommitHandle(raw);
}

}  // namespace

Result<SignedCommit> ReadSignedCommit(const std::string& path,
                                      const std::string& revision) {
  const SourceLocation location = TRY(LocateRepository(path));
  const CommitHandle commit =
      TRY(git::ResolveCommit(*location.repository, revision));
  return Describe(location.repository->get(), commit.get());
}

Result<std::vector<SignedCommit>> CommitsSince(const std::string& path,
                                               const std::string& base,
                                               const std::string& tip,
                                               std::uint32_t max_commits) {
  const SourceLocation location = TRY(LocateRepository(path));
  const Repository& repository = *location.repository;
  const CommitHandle from = TRY(git::ResolveCommit(repository, base));
  const CommitHandle to = TRY(git::ResolveCommit(repository, tip));
  const WalkHandle walk = TRY(
      Walk(repository, *git_commit_id(from.get()), *git_commit_id(to.get())));
  std::vector<SignedCommit> commits;
  git_oid id;
  int code = 0;
  while ((code = git_revwalk_next(&id, walk.get())) == 0) {
    if (commits.size() >= max_commits) {
      return Fail(ErrorCode::kLimit, "there are more than " +
                                         std::to_string(max_commits) +
                                         " commits to look at");
    }
    const CommitHandle commit = TRY(git::ResolveCommit(repository, Hex(id)));
    commits.push_back(TRY(Describe(repository.get(), commit.get())));
  }
  if (code != GIT_ITEROVER) return FailToWalk(repository, code);
  return commits;
}

Result<bool> IsPlainMerge(const std::string& path, const std::string& commit) {
  const SourceLocation location = TRY(LocateRepository(path));
  const Repository& repository = *location.repository;
  const CommitHandle merge = TRY(git::ResolveCommit(repository, commit));
  if (git_commit_parentcount(merge.get()) != 2) return false;
  const CommitHandle ours = TRY(ParentOf(merge.get(), 0));
  const CommitHandle theirs = TRY(ParentOf(merge.get(), 1));
  TRY(KeepInMemory(repository));
  git_merge_options options;
  git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
  git_index* raw = nullptr;
  int code = git_merge_commits(&raw, repository.get(), ours.get(), theirs.get(),
                               &options);
  if (code == GIT_EMERGECONFLICT) return false;
  if (code != 0) return FailWithGit(code, "can't merge the parents anew");
  const git::IndexHandle index(raw);
  if (git_index_has_conflicts(index.get()) == 1) return false;
  git_oid tree;
  code = git_index_write_tree_to(&tree, index.get(), repository.get());
  if (code != 0) return FailWithGit(code, "can't merge the parents anew");
  return git_oid_equal(&tree, git_commit_tree_id(merge.get())) == 1;
}

}  // namespace writ::manifests
