#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>

#include <set>
#include <utility>

#include "manifests/source/git_repository.h"
#include "manifests/source/git_source.h"
#include "manifests/source/location.h"
#include "manifests/source/merged_source.h"
#include "manifests/source/source_path.h"

namespace writ::manifests {
namespace {

using git::CommitHandle;
using git::FailWithGit;
using git::IndexHandle;
using git::OdbHandle;
using git::OdbObjectHandle;
using git::Repository;
using git::TreeHandle;

using DiffHandle = git::Handle<git_diff, git_diff_free>;
using ConflictHandle =
    git::Handle<git_index_conflict_iterator, git_index_conflict_iterator_free>;

constexpr std::size_t kConflictsNamed = 20;
// Before the stores on disk, so that what the merge makes lands here.
constexpr int kFirstOfAll = 999;

Result<OdbHandle> ObjectsOf(const Repository& repository) {
  git_odb* raw = nullptr;
  const int code = git_repository_odb(&raw, repository.get());
  if (code != 0) return FailWithGit(code, "can't open the objects");
  return OdbHandle(raw);
}

// From here on, what is written to the repository stays in memory.
Status KeepWritesInMemory(const Repository& repository) {
  const OdbHandle objects = TRY(ObjectsOf(repository));
  git_odb_backend* memory = nullptr;
  int code = git_mempack_new(&memory);
  if (code == 0) {
    code = git_odb_add_backend(objects.get(), memory, kFirstOfAll);
    if (code != 0) memory->free(memory);
  }
  if (code != 0) return FailWithGit(code, "can't merge in memory");
  return {};
}

Status CheckCommonHistory(const Repository& repository, const git_commit* ours,
                          const git_commit* theirs, const std::string& names) {
  git_oid base;
  const int code = git_merge_base(&base, repository.get(), git_commit_id(ours),
                                  git_commit_id(theirs));
  if (code == 0) return {};
  if (git_repository_is_shallow(repository.get()) == 1) {
    return Fail(ErrorCode::kNotFound,
                "the clone is shallow: its history ends before what " + names +
                    " share",
                "fetch the rest: git fetch --unshallow (in GitHub Actions, "
                "fetch-depth: 0 of the checkout; in GitLab CI, GIT_DEPTH: 0)");
  }
  if (code == GIT_ENOTFOUND) {
    return Fail(ErrorCode::kInvalidArgument, names + " share no history");
  }
  return FailWithGit(code, "can't find what " + names + " share");
}

Result<std::set<std::string>> ConflictsIn(git_index* index) {
  std::set<std::string> files;
  git_index_conflict_iterator* raw = nullptr;
  int code = git_index_conflict_iterator_new(&raw, index);
  if (code != 0) return FailWithGit(code, "can't read the merge's conflicts");
  const ConflictHandle conflicts(raw);
  const git_index_entry* ancestor = nullptr;
  const git_index_entry* ours = nullptr;
  const git_index_entry* theirs = nullptr;
  while ((code = git_index_conflict_next(&ancestor, &ours, &theirs,
                                         conflicts.get())) == 0) {
    for (const git_index_entry* side : {ours, theirs, ancestor}) {
      if (side == nullptr) continue;
      files.insert(Harmless(side->path));
      break;
    }
  }
  if (code != GIT_ITEROVER) return FailWithGit(code, "can't read conflicts");
  return files;
}

tl::unexpected<Error> FailInConflict(const std::set<std::string>& files,
                                     const std::string& names) {
  std::string list;
  std::size_t named = 0;
  for (const std::string& file : files) {
    if (++named > kConflictsNamed) continue;
    list += (list.empty() ? "" : ", ") + file;
  }
  if (named > kConflictsNamed) {
    list += " and " + std::to_string(named - kConflictsNamed) + " more";
  }
  return Fail(ErrorCode::kInvalidManifest, names + " conflict in " + list,
              "merge or rebase the branch, solve the conflicts, push again");
}

// Files that the merge itself put together: they are in memory alone, where
// readers, which open the repository anew, don't find them.
Result<git::BlobsById> BlobsInMemory(const Repository& repository,
                                     git_tree* before, git_tree* merged) {
  const Repository plain =
      TRY(Repository::Open(repository.folder(), git::Search::kHere));
  const OdbHandle on_disk = TRY(ObjectsOf(plain));
  const OdbHandle objects = TRY(ObjectsOf(repository));
  git_diff* raw = nullptr;
  int code =
      git_diff_tree_to_tree(&raw, repository.get(), before, merged, nullptr);
  if (code != 0) return FailWithGit(code, "can't compare the merge");
  const DiffHandle diff(raw);
  git::BlobsById blobs;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff.get(), i);
    if (delta->status == GIT_DELTA_DELETED ||
        (delta->new_file.mode & 0170000) != 0100000 ||
        git_odb_exists(on_disk.get(), &delta->new_file.id) == 1) {
      continue;
    }
    git_odb_object* object = nullptr;
    code = git_odb_read(&object, objects.get(), &delta->new_file.id);
    if (code != 0) return FailWithGit(code, "can't read a merged file");
    const OdbObjectHandle held(object);
    blobs.emplace(
        git::Hex(delta->new_file.id),
        std::string(static_cast<const char*>(git_odb_object_data(held.get())),
                    git_odb_object_size(held.get())));
  }
  return blobs;
}

Result<TreeHandle> MergedTree(const Repository& repository,
                              const git_commit* into, const git_commit* branch,
                              const std::string& names) {
  git_merge_options options;
  git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
  git_index* raw = nullptr;
  int code = git_merge_commits(&raw, repository.get(), into, branch, &options);
  if (code != 0) return FailWithGit(code, "can't merge " + names);
  const IndexHandle index(raw);
  if (git_index_has_conflicts(index.get()) != 0) {
    const auto files = TRY(ConflictsIn(index.get()));
    return FailInConflict(files, names);
  }
  git_oid id;
  code = git_index_write_tree_to(&id, index.get(), repository.get());
  if (code != 0) return FailWithGit(code, "can't put the merge together");
  return git::LookupTree(repository.get(), id);
}

}  // namespace

Result<std::unique_ptr<Source>> OpenMergedSource(const SourceRequest& request,
                                                 const std::string& into) {
  if (request.working_tree) {
    return Fail(ErrorCode::kInvalidArgument,
                "a working tree can't be merged with " + Harmless(into) +
                    ", only a commit can");
  }
  SourceLocation location = TRY(LocateRepository(request.path));
  Repository repository = std::move(*location.repository);
  TRY(KeepWritesInMemory(repository));
  const CommitHandle base = TRY(git::ResolveCommit(repository, into));
  const CommitHandle branch = TRY(git::ResolveCommit(repository, request.ref));
  const std::string names = Harmless(request.ref) + " and " + Harmless(into);
  TRY(CheckCommonHistory(repository, base.get(), branch.get(), names));
  const TreeHandle merged =
      TRY(MergedTree(repository, base.get(), branch.get(), names));
  const TreeHandle before = TRY(git::RootTree(base.get()));
  git::BlobsById blobs =
      TRY(BlobsInMemory(repository, before.get(), merged.get()));
  return git::OpenTree(std::move(repository), merged.get(),
                       git::DescribeCommit(branch.get(), request.ref), request,
                       location.start, std::move(blobs));
}

}  // namespace writ::manifests
