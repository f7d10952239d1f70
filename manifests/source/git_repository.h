// libgit2 as this folder uses it: owned handles, errors in writ's words, and
// the steps that every use begins with. Internal: libgit2's types stay within
// manifests/source.
//
// A repository handle is used by one thread at a time.
#pragma once

#include <git2.h>

#include <memory>
#include <string>

#include "schema/facts.h"
#include "schema/result.h"

namespace writ::manifests::git {

template <auto kFree>
struct Deleter {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};

template <typename T, auto kFree>
using Handle = std::unique_ptr<T, Deleter<kFree>>;

using CommitHandle = Handle<git_commit, git_commit_free>;
using ObjectHandle = Handle<git_object, git_object_free>;
using TreeHandle = Handle<git_tree, git_tree_free>;
using EntryHandle = Handle<git_tree_entry, git_tree_entry_free>;
using OdbHandle = Handle<git_odb, git_odb_free>;
using OdbObjectHandle = Handle<git_odb_object, git_odb_object_free>;
using IndexHandle = Handle<git_index, git_index_free>;
using StatusHandle = Handle<git_status_list, git_status_list_free>;

// Keeps libgit2 initialised; counted, safe from any thread.
class Library {
 public:
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

enum class Search { kUpwards, kHere };

// An open repository and libgit2 with it.
class Repository {
 public:
  // kNotFound: no repository there. kPermission: another user's, with the
  // command that allows it. kCorrupt, kUnsupported (format).
  static Result<Repository> Open(const std::string& path, Search search);

  git_repository* get() const { return handle_.get(); }
  bool bare() const { return git_repository_is_bare(get()) != 0; }
  // Absolute, without a final slash: the root of the working tree, or a bare
  // repository's own folder.
  std::string folder() const;

 private:
  using RepositoryHandle = Handle<git_repository, git_repository_free>;
  Repository(std::unique_ptr<Library> library, RepositoryHandle handle)
      : library_(std::move(library)), handle_(std::move(handle)) {}

  std::unique_ptr<Library> library_;  // outlives the handle
  RepositoryHandle handle_;
};

// What libgit2 last said on this thread, for the return code `code`.
tl::unexpected<Error> FailWithGit(int code, const std::string& what);

// The commit that a revision names; tags are peeled. kNotFound with the
// nearest names, or where there is no commit yet; kInvalidArgument: ambiguous,
// malformed, or not a commit; kCorrupt: its object is gone.
Result<CommitHandle> ResolveCommit(const Repository& repository,
                                   const std::string& ref);

// The branch that HEAD means ("main"), whether or not it has a commit; empty:
// HEAD is a commit itself.
std::string CurrentBranch(const Repository& repository);

Result<TreeHandle> RootTree(const git_commit* commit);
Result<TreeHandle> LookupTree(git_repository* repository, const git_oid& id);
// The tree of a folder ("a/b"; empty: the root itself). kNotFound,
// kInvalidArgument where it is no folder.
Result<TreeHandle> FolderTree(git_repository* repository, const git_tree* root,
                              const std::string& folder);

// The regular file at `path`, or null.
Result<EntryHandle> FindFile(const git_tree* root, const std::string& path);

bool IsRegular(const git_tree_entry* entry);
std::string Hex(const git_oid& id);
// Of hexadecimal text of full length.
Result<git_oid> ParseId(const std::string& hex);

// Everything but tree_id. Text that isn't UTF-8 or holds control characters
// is made harmless: it goes to terminals and into JSON.
Commit DescribeCommit(const git_commit* commit, const std::string& ref);

}  // namespace writ::manifests::git
