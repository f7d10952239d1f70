#include "manifests/source/directory_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "manifests/source/byte_budget.h"
#include "manifests/source/source_path.h"

namespace writ::manifests {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderHandle = std::unique_ptr<DIR, CloseFolder>;

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
// O_NONBLOCK: opening a pipe must not wait for a writer.
constexpr int kFileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

tl::unexpected<Error> FailWithErrno(int error, std::string_view what,
                                    std::string_view path) {
  const std::string message = std::string(what) + " \"" + Harmless(path) +
                              "\": " + std::generic_category().message(error);
  switch (error) {
    case EACCES:
    case EPERM:
      return Fail(ErrorCode::kPermission, message,
                  "make it readable for the user that runs writ");
    case ENOENT:
    case ENOTDIR:
      return Fail(ErrorCode::kNotFound, message);
    case ELOOP:
      return Fail(ErrorCode::kPermission,
                  "\"" + Harmless(path) +
                      "\" is a link, or lies behind one; links are not "
                      "followed");
    default:
      return Fail(ErrorCode::kIo, message);
  }
}

// What lies at `path`: opened folder by folder, so that no link is followed.
Result<Descriptor> OpenInside(int root, const std::string& path, int flags) {
  Descriptor folder;
  int at = root;
  std::size_t begin = 0;
  while (true) {
    const std::size_t slash = path.find('/', begin);
    const bool last = slash == std::string::npos;
    const std::string name = path.substr(begin, last ? slash : slash - begin);
    Descriptor next(::openat(at, name.c_str(), last ? flags : kFolderFlags));
    if (!next) return FailWithErrno(errno, "can't open", path);
    if (last) return next;
    folder = std::move(next);
    at = folder.get();
    begin = slash + 1;
  }
}

Result<struct stat> Examine(int fd, const std::string& path) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) {
    return FailWithErrno(errno, "can't examine", path);
  }
  return facts;
}

enum class EntryType { kFile, kFolder, kLink, kOther };

EntryType TypeOf(mode_t mode) {
  if (S_ISREG(mode)) return EntryType::kFile;
  if (S_ISDIR(mode)) return EntryType::kFolder;
  if (S_ISLNK(mode)) return EntryType::kLink;
  return EntryType::kOther;
}

class FolderLister {
 public:
  FolderLister(DirectoryOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  Status Visit(Descriptor descriptor, const std::string& path,
               std::uint32_t depth) {
    TRY(CheckDepth(path, depth, options_.limits));
    const int fd = descriptor.get();
    const FolderHandle folder(::fdopendir(fd));
    if (!folder) return FailWithErrno(errno, "can't read", path);
    descriptor.release();
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(folder.get());
      if (entry == nullptr) break;
      TRY(CheckEntryCount(++seen_, options_.limits));
      if (IsHiddenName(entry->d_name)) continue;
      TRY(VisitEntry(fd, entry->d_name, JoinPath(path, entry->d_name), depth));
    }
    if (errno != 0) return FailWithErrno(errno, "can't read", path);
    return {};
  }

  std::vector<SourceEntry> TakeEntries() {
    std::sort(entries_.begin(), entries_.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(entries_);
  }

 private:
  Status VisitEntry(int parent, const char* name, const std::string& path,
                    std::uint32_t depth) {
    struct stat facts {};
    if (::fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      // Gone since the folder was read.
      if (errno == ENOENT) return {};
      return FailWithErrno(errno, "can't examine", path);
    }
    const EntryType type = TypeOf(facts.st_mode);
    const bool matters =
        type == EntryType::kFolder || type == EntryType::kLink
            ? type == EntryType::kFolder || MayHoldManifests(name)
            : IsYamlName(name);
    if (!matters || TRY(Ignores(path, type))) return {};
    switch (type) {
      case EntryType::kFile:
        return AddFile(path, static_cast<std::uint64_t>(facts.st_size));
      case EntryType::kFolder:
        return VisitFolder(parent, name, path, depth);
      case EntryType::kLink:
        diagnostics_.Add(LinkWarning(path));
        return {};
      case EntryType::kOther:
        diagnostics_.Add(AboutPath(Severity::kWarning, "not-a-regular-file",
                                   "this is no regular file; it is not read",
                                   path));
        return {};
    }
    return {};
  }

  Result<bool> Ignores(const std::string& path, EntryType type) {
    if (!options_.ignore) return false;
    return options_.ignore->Ignores(JoinPath(options_.folder, path),
                                    type == EntryType::kFolder
                                        ? git::PathType::kFolder
                                        : git::PathType::kFile);
  }

  Status AddFile(const std::string& path, std::uint64_t size) {
    if (!IsHarmless(path)) {
      diagnostics_.Add(NameError(path));
      return {};
    }
    entries_.push_back(SourceEntry{path, "", size});
    return CheckFileCount(entries_.size(), options_.limits);
  }

  Status VisitFolder(int parent, const char* name, const std::string& path,
                     std::uint32_t depth) {
    Descriptor folder(::openat(parent, name, kFolderFlags));
    if (!folder) return FailWithErrno(errno, "can't read", path);
    struct stat facts {};
    if (::fstatat(folder.get(), ".git", &facts, AT_SYMLINK_NOFOLLOW) == 0) {
      diagnostics_.Add(NestedRepositoryWarning(path));
      return {};
    }
    return Visit(std::move(folder), path, depth + 1);
  }

  DirectoryOptions& options_;
  Diagnostics& diagnostics_;
  std::vector<SourceEntry> entries_;
  std::uint64_t seen_ = 0;
};

Result<Descriptor> OpenRoot(const std::string& root) {
  Descriptor descriptor(::open(root.c_str(), kFolderFlags));
  if (!descriptor) return FailWithErrno(errno, "can't read", root);
  return descriptor;
}

class DirectoryReader final : public SourceReader {
 public:
  DirectoryReader(Descriptor root, SourceLimits limits,
                  std::shared_ptr<ByteBudget> budget)
      : root_(std::move(root)), limits_(limits), budget_(std::move(budget)) {}

  Result<std::string> Read(const SourceEntry& entry) override {
    const std::string path = TRY(NormalizePath(entry.path));
    const Descriptor file = TRY(OpenInside(root_.get(), path, kFileFlags));
    const struct stat facts = TRY(Examine(file.get(), path));
    if (!S_ISREG(facts.st_mode)) {
      return Fail(ErrorCode::kIo,
                  "\"" + Harmless(path) + "\" is no regular file");
    }
    return ReadAll(file.get(), path, static_cast<std::size_t>(facts.st_size));
  }

 private:
  // The size may move while it is read; the limits hold for what was read.
  Result<std::string> ReadAll(int fd, const std::string& path,
                              std::size_t expected) {
    TRY(CheckFileBytes(path, expected, limits_));
    std::string text(expected + 1, '\0');
    std::size_t size = 0;
    while (true) {
      if (size == text.size()) text.resize(size * 2);
      const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return FailWithErrno(errno, "can't read", path);
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
      TRY(CheckFileBytes(path, size, limits_));
    }
    TRY(budget_->Take(size));
    text.resize(size);
    return text;
  }

  Descriptor root_;
  SourceLimits limits_;
  std::shared_ptr<ByteBudget> budget_;
};

class DirectorySource final : public Source {
 public:
  explicit DirectorySource(DirectoryOptions options)
      : options_(std::move(options)),
        budget_(std::make_shared<ByteBudget>(options_.limits.max_total_bytes)) {
    commit_.dirty = options_.dirty;
  }

  const Commit& commit() const override { return commit_; }
  const std::string& base_folder() const override { return options_.root; }
  const std::string& folder() const override { return options_.folder; }

  Result<std::vector<SourceEntry>> List(Diagnostics& diagnostics) override {
    Descriptor root = TRY(OpenRoot(options_.root));
    FolderLister lister(options_, diagnostics);
    TRY(lister.Visit(std::move(root), "", 0));
    return lister.TakeEntries();
  }

  Result<std::optional<SourceEntry>> Find(const std::string& path) override {
    const std::string inside = TRY(NormalizePath(path));
    if (inside.empty()) return std::optional<SourceEntry>();
    const Descriptor root = TRY(OpenRoot(options_.root));
    // O_PATH asks for no right to read: an unreadable file is there, and
    // reading it says what is wrong.
    const auto found =
        OpenInside(root.get(), inside, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (!found) {
      if (IsAbsence(found.error())) return std::optional<SourceEntry>();
      return tl::unexpected<Error>(found.error());
    }
    const struct stat facts = TRY(Examine(found->get(), inside));
    if (!S_ISREG(facts.st_mode)) return std::optional<SourceEntry>();
    return std::optional<SourceEntry>(
        SourceEntry{inside, "", static_cast<std::uint64_t>(facts.st_size)});
  }

  Result<bool> HasFolder(const std::string& folder) override {
    const std::string inside = TRY(NormalizePath(folder));
    const Descriptor root = TRY(OpenRoot(options_.root));
    const auto found =
        OpenInside(root.get(), inside, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (!found) {
      if (IsAbsence(found.error())) return false;
      return tl::unexpected<Error>(found.error());
    }
    return S_ISDIR(TRY(Examine(found->get(), inside)).st_mode);
  }

  Result<std::unique_ptr<SourceReader>> NewReader() override {
    return std::unique_ptr<SourceReader>(std::make_unique<DirectoryReader>(
        TRY(OpenRoot(options_.root)), options_.limits, budget_));
  }

  Result<std::optional<std::vector<SourceChange>>> ChangedSince(
      const std::string&) override {
    return std::optional<std::vector<SourceChange>>();
  }

 private:
  // A link on the way opens as ENOTDIR under O_DIRECTORY.
  static bool IsAbsence(const Error& error) {
    return error.code == ErrorCode::kNotFound;
  }

  DirectoryOptions options_;
  Commit commit_;
  std::shared_ptr<ByteBudget> budget_;
};

}  // namespace

Result<std::unique_ptr<Source>> OpenDirectory(DirectoryOptions options) {
  TRY(OpenRoot(options.root));
  return std::unique_ptr<Source>(
      std::make_unique<DirectorySource>(std::move(options)));
}

}  // namespace writ::manifests
