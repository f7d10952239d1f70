#include "reconciler/store/state_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "reconciler/durable_folder.h"

namespace writ::reconciler {
namespace {

constexpr mode_t kForOthers = S_IRWXG | S_IRWXO;
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

std::string Reason(int error) {
  return std::error_code(error, std::generic_category()).message();
}

tl::unexpected<Error> FailErrno(int error, const std::string& what) {
  const bool refused = error == EACCES || error == EPERM;
  return Fail(refused ? ErrorCode::kPermission : ErrorCode::kIo,
              what + ": " + Reason(error));
}

// Nothing where there is no such entry.
Result<std::optional<struct stat>> Look(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT) return std::optional<struct stat>();
  return FailErrno(errno, "can't look at " + path);
}

Status CheckEntry(const std::string& path, const struct stat& status,
                  bool folder) {
  if (S_ISLNK(status.st_mode)) {
    return Fail(ErrorCode::kPermission, path + " is a symbolic link",
                "name the place that it points to");
  }
  if (folder ? !S_ISDIR(status.st_mode) : !S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kPermission,
                path + (folder ? " is not a folder" : " is not a file"));
  }
  if (status.st_uid != ::geteuid()) {
    return Fail(ErrorCode::kPermission,
                path + " belongs to user id " + std::to_string(status.st_uid) +
                    ", not to you (" + std::to_string(::geteuid()) + ")",
                "run writ as its owner, or change the owner with chown");
  }
  return {};
}

Status CheckModes(const std::string& path, const struct stat& status,
                  FolderUse use, mode_t wanted) {
  if ((status.st_mode & kForOthers) == 0) return {};
  if (use == FolderUse::kRead) {
    if ((status.st_mode & kOthersWrite) == 0) return {};
    return Fail(ErrorCode::kPermission, path + " may be written by others",
                "chmod go-rwx " + path);
  }
  if (::chmod(path.c_str(), wanted) != 0) {
    return FailErrno(errno, "can't close " + path + " to others");
  }
  return {};
}

Status CheckFileSystem(const std::string& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) {
    return FailErrno(errno, "can't look at the file system of " + folder);
  }
  if (!IsNetworkFileSystem(static_cast<std::uint64_t>(status.f_type))) {
    return {};
  }
  return Fail(ErrorCode::kUnsupported,
              folder +
                  " is on a network file system, whose locks can't be "
                  "relied on",
              "keep the state on a local disk, and share it through "
              "`writ serve`");
}

Status MakeFolder(const std::string& folder) {
  const std::filesystem::path path(folder);
  std::error_code error;
  if (path.has_parent_path()) {
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) return FailErrno(error.value(), "can't make " + folder);
  }
  if (::mkdir(folder.c_str(), S_IRWXU) != 0) {
    if (errno == EEXIST) return {};
    return FailErrno(errno, "can't make " + folder);
  }
  // mkdir's mode passes through the umask, chmod's doesn't.
  if (::chmod(folder.c_str(), S_IRWXU) != 0) {
    return FailErrno(errno, "can't make " + folder);
  }
  return {};
}

std::string WithoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Result<std::string> Absolute(const std::string& folder) {
  const std::unique_ptr<char, decltype(&std::free)> path(
      ::realpath(folder.c_str(), nullptr), &std::free);
  if (!path) return FailErrno(errno, "can't resolve " + folder);
  return std::string(path.get());
}

// Made under another name first: a file of the final name may be open in this
// process, and to close a second descriptor of it would drop SQLite's locks.
Status CreateDatabaseFile(const std::string& file) {
  const Status published = PublishFile(TRY(CreateDraft(file)), file);
  if (!published && published.error().code != ErrorCode::kConflict) {
    return published;
  }
  return {};
}

tl::unexpected<Error> NoState(const std::string& folder) {
  return Fail(ErrorCode::kNotFound, "there is no state in " + folder,
              "`writ apply` creates it");
}

Status CheckFolder(const std::string& folder, FolderUse use) {
  std::optional<struct stat> status = TRY(Look(folder));
  if (!status && use == FolderUse::kCreate) {
    TRY(MakeFolder(folder));
    status = TRY(Look(folder));
  }
  if (!status) return NoState(folder);
  TRY(CheckEntry(folder, *status, true));
  TRY(CheckModes(folder, *status, use, S_IRWXU));
  return CheckFileSystem(folder);
}

Status CheckFiles(StateFolder& state, FolderUse use) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock", ".gen"}) {
    const std::string file = state.database + suffix;
    const std::optional<struct stat> status = TRY(Look(file));
    if (!status) continue;
    TRY(CheckEntry(file, *status, false));
    TRY(CheckModes(file, *status, use, S_IRUSR | S_IWUSR));
    if (std::strcmp(suffix, "-wal") == 0) {
      state.log_is_empty = status->st_size == 0;
    }
  }
  return {};
}

}  // namespace

bool IsNetworkFileSystem(std::uint64_t type) {
  static constexpr std::array<std::uint64_t, 13> kTypes = {
      0x6969,      // NFS
      0x517b,      // SMB
      0xff534d42,  // CIFS
      0xfe534d42,  // SMB2
      0x01021997,  // 9P
      0x5346414f,  // AFS
      0x6b414653,  // AFS, the other implementation
      0x73757245,  // Coda
      0x564c,      // NCP
      0x00c36400,  // Ceph
      0x0bd00bd0,  // Lustre
      0x01161970,  // GFS2
      0x7461636f,  // OCFS2
  };
  // f_type is signed on some machines: only its low 32 bits carry the number.
  type &= 0xffffffffU;
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

Result<std::string> CreateDraft(const std::string& file) {
  std::string draft = file + ".draft-XXXXXX";
  const int fd = ::mkostemp(draft.data(), O_CLOEXEC);
  if (fd < 0) return FailErrno(errno, "can't make " + draft);
  const int result = ::fchmod(fd, S_IRUSR | S_IWUSR);
  const int error = errno;
  ::close(fd);
  if (result == 0) return draft;
  ::unlink(draft.c_str());
  return FailErrno(error, "can't set the mode of " + draft);
}

Status PublishFile(const std::string& from, const std::string& to) {
  int result = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                           RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system that can't rename without replacing may be able to link.
    result = ::link(from.c_str(), to.c_str());
  }
  const int error = errno;
  ::unlink(from.c_str());
  if (result == 0) return SyncFolderOf(to);
  if (error == EEXIST) {
    return Fail(ErrorCode::kConflict, to + " exists already",
                "name another file");
  }
  return FailErrno(error, "can't make " + to);
}

Result<StateFolder> MakeStateFolder(const std::string& folder) {
  const std::string given = WithoutTrailingSlash(folder);
  TRY(CheckFolder(given, FolderUse::kCreate));
  StateFolder state;
  state.path = TRY(Absolute(given));
  state.database = state.path + "/state.db";
  // A log that was left over would be played into the new database.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    if (TRY(Look(state.database + suffix))) {
      return Fail(ErrorCode::kConflict,
                  given + " has a state already, or a part of one",
                  "choose an empty folder, or move the files away");
    }
  }
  return state;
}

Result<StateFolder> OpenStateFolder(const std::string& folder, FolderUse use) {
  const std::string given = WithoutTrailingSlash(folder);
  TRY(CheckFolder(given, use));
  StateFolder state;
  state.path = TRY(Absolute(given));
  state.database = state.path + "/state.db";
  state.writable =
      ::faccessat(AT_FDCWD, state.path.c_str(), W_OK, AT_EACCESS) == 0;
  if (!TRY(Look(state.database))) {
    if (use != FolderUse::kCreate) return NoState(given);
    TRY(CreateDatabaseFile(state.database));
    state.is_new = true;
  }
  TRY(CheckFiles(state, use));
  return state;
}

}  // namespace writ::reconciler
