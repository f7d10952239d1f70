#include "manifests/source/git_repository.h"

#include <fstream>
#include <string_view>
#include <utility>

#include "manifests/source/ref_names.h"
#include "manifests/source/source_path.h"
#include "schema/credential/credential_scan.h"

namespace writ::manifests::git {
namespace {

constexpr std::int64_t kLastSecond = 253402300799;  // 9999-12-31T23:59:59Z

std::string WithoutFinalSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// The working tree, or the bare repository, that lies around `path`.
std::string DiscoverFolder(const std::string& path) {
  git_buf buffer = GIT_BUF_INIT;
  if (git_repository_discover(&buffer, path.c_str(), 0, nullptr) != 0) {
    return path;
  }
  std::string folder(buffer.ptr, buffer.size);
  git_buf_dispose(&buffer);
  // A linked worktree's own folder names the worktree in this file.
  std::string link;
  if (std::getline(std::ifstream(folder + "gitdir"), link)) folder = link;
  folder = WithoutFinalSlash(std::move(folder));
  if (folder.ends_with("/.git")) folder.resize(folder.size() - 5);
  return folder;
}

// The folder to name in safe.directory. libgit2 says it in its message, but
// not where no safe.directory is set at all: 1.5 then fails with "not found".
std::string UntrustedFolder(std::string_view message, const std::string& path) {
  const std::size_t begin = message.find("'/");
  const std::size_t end = message.rfind('\'');
  if (begin == std::string_view::npos || end <= begin + 1) {
    return DiscoverFolder(path);
  }
  return WithoutFinalSlash(
      std::string(message.substr(begin + 1, end - begin - 1)));
}

bool IsOwnerRefused(int code) {
  if (code == GIT_EOWNER) return true;
  const git_error* last = git_error_last();
  return code == GIT_ENOTFOUND && last != nullptr &&
         last->klass == GIT_ERROR_CONFIG;
}

std::string_view LastMessage() {
  const git_error* last = git_error_last();
  return last == nullptr || last->message == nullptr ? "unknown error"
                                                     : last->message;
}

ErrorCode CodeOf(int code) {
  if (code == GIT_ENOTFOUND) return ErrorCode::kNotFound;
  if (code == GIT_EOWNER) return ErrorCode::kPermission;
  if (code == GIT_EMISMATCH) return ErrorCode::kCorrupt;
  if (code == GIT_EINVALIDSPEC || code == GIT_EAMBIGUOUS) {
    return ErrorCode::kInvalidArgument;
  }
  const git_error* last = git_error_last();
  if (last == nullptr) return ErrorCode::kInternal;
  switch (last->klass) {
    case GIT_ERROR_OS:
      return ErrorCode::kIo;
    case GIT_ERROR_ODB:
    case GIT_ERROR_ZLIB:
    case GIT_ERROR_OBJECT:
    case GIT_ERROR_TREE:
    case GIT_ERROR_INDEX:
    case GIT_ERROR_REFERENCE:
    case GIT_ERROR_SHA:
      return ErrorCode::kCorrupt;
    default:
      return ErrorCode::kInternal;
  }
}

bool HasUnbornHead(const Repository& repository) {
  return git_repository_head_unborn(repository.get()) == 1;
}

tl::unexpected<Error> FailWithoutCommit(const Repository& repository) {
  return Fail(ErrorCode::kNotFound,
              "HEAD of " + repository.folder() + " has no commit yet",
              "commit the manifests first: git add -A && git commit");
}

tl::unexpected<Error> FailWithoutRef(const Repository& repository,
                                     const std::string& ref) {
  if (ref == "HEAD" && HasUnbornHead(repository)) {
    return FailWithoutCommit(repository);
  }
  git_reference* found = nullptr;
  if (git_reference_dwim(&found, repository.get(), ref.c_str()) == 0) {
    git_reference_free(found);
    return Fail(ErrorCode::kCorrupt,
                "the commit that " + ref + " names is missing",
                "look with: git fsck");
  }
  std::string remedy = SuggestRefs(repository, ref);
  if (remedy.empty() && git_repository_is_shallow(repository.get()) == 1) {
    remedy = "the clone is shallow; fetch the rest: git fetch --unshallow";
  }
  return Fail(
      ErrorCode::kNotFound,
      "no branch, tag or commit \"" + ref + "\" in " + repository.folder(),
      remedy);
}

}  // namespace

tl::unexpected<Error> FailWithGit(int code, const std::string& what) {
  return Fail(CodeOf(code), what + ": " + std::string(LastMessage()),
              CodeOf(code) == ErrorCode::kCorrupt ? "look with: git fsck" : "");
}

Result<Repository> Repository::Open(const std::string& path, Search search) {
  auto library = std::make_unique<Library>();
  const unsigned flags =
      search == Search::kHere ? GIT_REPOSITORY_OPEN_NO_SEARCH : 0;
  git_repository* raw = nullptr;
  const int code = git_repository_open_ext(&raw, path.c_str(), flags, nullptr);
  if (IsOwnerRefused(code)) {
    const std::string folder = UntrustedFolder(LastMessage(), path);
    return Fail(ErrorCode::kPermission,
                folder + " belongs to another user, so git doesn't trust it",
                "git config --global --add safe.directory " + folder);
  }
  if (code == GIT_ENOTFOUND) {
    return Fail(ErrorCode::kNotFound, path + " is not in a git repository");
  }
  if (code != 0) return FailWithGit(code, "can't open the repository " + path);
  return Repository(std::move(library), RepositoryHandle(raw));
}

std::string Repository::folder() const {
  const char* path =
      bare() ? git_repository_path(get()) : git_repository_workdir(get());
  return WithoutFinalSlash(path);
}

Result<CommitHandle> ResolveCommit(const Repository& repository,
                                   const std::string& ref) {
  git_object* raw = nullptr;
  const int code = git_revparse_single(&raw, repository.get(), ref.c_str());
  if (code == GIT_ENOTFOUND || code == GIT_EUNBORNBRANCH) {
    return FailWithoutRef(repository, ref);
  }
  if (code == GIT_EAMBIGUOUS) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + ref + "\" fits more than one object",
                "give more of its characters");
  }
  if (code != 0) return FailWithGit(code, "can't resolve \"" + ref + "\"");
  const ObjectHandle object(raw);
  git_object* commit = nullptr;
  if (git_object_peel(&commit, object.get(), GIT_OBJECT_COMMIT) != 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + ref + "\" names a " +
                    git_object_type2string(git_object_type(object.get())) +
                    ", not a commit");
  }
  return CommitHandle(reinterpret_cast<git_commit*>(commit));
}

std::string CurrentBranch(const Repository& repository) {
  git_reference* raw = nullptr;
  if (git_reference_lookup(&raw, repository.get(), "HEAD") != 0) return {};
  const Handle<git_reference, git_reference_free> head(raw);
  const char* target = git_reference_symbolic_target(raw);
  constexpr std::string_view kBranches = "refs/heads/";
  const std::string_view name = target == nullptr ? "" : target;
  return name.starts_with(kBranches)
             ? std::string(name.substr(kBranches.size()))
             : std::string();
}

Result<TreeHandle> RootTree(const git_commit* commit) {
  return LookupTree(git_commit_owner(commit), *git_commit_tree_id(commit));
}

Result<TreeHandle> LookupTree(git_repository* repository, const git_oid& id) {
  git_tree* raw = nullptr;
  const int code = git_tree_lookup(&raw, repository, &id);
  if (code == GIT_ENOTFOUND) {
    return Fail(ErrorCode::kCorrupt,
                "tree " + Hex(id) + " is missing from the repository",
                "look with: git fsck");
  }
  if (code != 0) return FailWithGit(code, "can't read tree " + Hex(id));
  return TreeHandle(raw);
}

Result<TreeHandle> FolderTree(git_repository* repository, const git_tree* root,
                              const std::string& folder) {
  if (folder.empty()) return LookupTree(repository, *git_tree_id(root));
  git_tree_entry* raw = nullptr;
  const int code = git_tree_entry_bypath(&raw, root, folder.c_str());
  if (code == GIT_ENOTFOUND) {
    return Fail(ErrorCode::kNotFound,
                "the revision has no folder \"" + folder + "\"");
  }
  if (code != 0) return FailWithGit(code, "can't find \"" + folder + "\"");
  const EntryHandle entry(raw);
  if (git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE) {
    return Fail(ErrorCode::kInvalidArgument,
                "\"" + folder + "\" is not a folder in that revision");
  }
  return LookupTree(repository, *git_tree_entry_id(entry.get()));
}

Result<EntryHandle> FindFile(const git_tree* root, const std::string& path) {
  git_tree_entry* raw = nullptr;
  const int code = git_tree_entry_bypath(&raw, root, path.c_str());
  if (code == GIT_ENOTFOUND) {
    // Absent, or a folder on the way whose object can't be read: the second
    // must never look like the first.
    const git_error* last = git_error_last();
    if (last != nullptr && last->klass == GIT_ERROR_ODB) {
      return Fail(ErrorCode::kCorrupt,
                  "a folder on the way to \"" + path + "\" is missing",
                  "look with: git fsck");
    }
    return EntryHandle();
  }
  if (code != 0) return FailWithGit(code, "can't find \"" + path + "\"");
  EntryHandle entry(raw);
  if (!IsRegular(entry.get())) return EntryHandle();
  return entry;
}

bool IsRegular(const git_tree_entry* entry) {
  const git_filemode_t mode = git_tree_entry_filemode(entry);
  return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

std::string Hex(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(text.data(), &id);
  return text;
}

Result<git_oid> ParseId(const std::string& hex) {
  git_oid id;
  if (hex.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, hex.c_str()) != 0) {
    return Fail(ErrorCode::kInvalidArgument, "\"" + hex + "\" is no object id");
  }
  return id;
}

Commit DescribeCommit(const git_commit* commit, const std::string& ref) {
  const git_signature* author = git_commit_author(commit);
  // libgit2 caches the summary within the commit.
  const char* summary = git_commit_summary(const_cast<git_commit*>(commit));
  Commit result;
  result.id = Hex(*git_commit_id(commit));
  result.subject =
      ShortenCredentials(Harmless(summary == nullptr ? "" : summary));
  result.author_name = ShortenCredentials(Harmless(author->name));
  result.author_email = Harmless(author->email);
  if (author->when.time >= 0 && author->when.time <= kLastSecond) {
    result.authored_at = Timestamp(std::chrono::seconds(author->when.time));
  }
  result.ref = ref;
  return result;
}

}  // namespace writ::manifests::git
