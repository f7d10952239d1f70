#include "reconciler/secrets/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "reconciler/descriptor.h"
#include "reconciler/durable_folder.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kMaxSize = std::size_t{1} << 20;

tl::unexpected<Error> CantBe(const char* what, const std::string& file) {
  const ErrorCode code = errno == ENOENT   ? ErrorCode::kNotFound
                         : errno == EACCES ? ErrorCode::kPermission
                                           : ErrorCode::kIo;
  return Fail(code, std::string("can't ") + what + " " + file + ": " +
                        std::strerror(errno));
}

Status CheckOwned(int descriptor, const std::string& file) {
  struct stat facts = {};
  if (::fstat(descriptor, &facts) != 0) return CantBe("read", file);
  const bool is_private = S_ISREG(facts.st_mode) &&
                          (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
                          facts.st_uid == ::geteuid();
  if (is_private) return {};
  return Fail(ErrorCode::kPermission,
              file + " is not a file of this user's alone",
              "chmod 600, or remove it");
}

Status WriteAll(int descriptor, std::string_view text,
                const std::string& file) {
  while (!text.empty()) {
    const ssize_t part = ::write(descriptor, text.data(), text.size());
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) return CantBe("write", file);
    text.remove_prefix(static_cast<std::size_t>(part));
  }
  if (::fsync(descriptor) != 0) return CantBe("write", file);
  return {};
}

// The new text under its own name: by a link, which never replaces, or by a
// rename, which does.
Status MoveIntoPlace(const std::string& from, const std::string& file,
                     Overwrite overwrite) {
  if (overwrite == Overwrite::kReplace) {
    return ::rename(from.c_str(), file.c_str()) == 0 ? Status()
                                                     : CantBe("write", file);
  }
  const int linked = ::link(from.c_str(), file.c_str());
  const int error = errno;
  ::unlink(from.c_str());
  if (linked == 0) return {};
  errno = error;
  if (error != EEXIST) return CantBe("write", file);
  return Fail(ErrorCode::kConflict, file + " is there already",
              "to replace it: --force");
}

}  // namespace

Result<std::optional<SecretValue>> ReadPrivateFile(const std::string& file) {
  const Descriptor opened(
      ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (opened.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return std::nullopt;
  }
  if (opened.get() < 0) return CantBe("read", file);
  TRY(CheckOwned(opened.get(), file));
  std::array<char, 4096> buffer{};
  SecretBuilder built;
  std::size_t total = 0;
  ssize_t size = 0;
  while (total <= kMaxSize) {
    size = ::read(opened.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    built.Append({buffer.data(), static_cast<std::size_t>(size)});
    total += static_cast<std::size_t>(size);
  }
  Wipe(buffer.data(), buffer.size());
  if (size < 0) return CantBe("read", file);
  if (total > kMaxSize) {
    return Fail(ErrorCode::kLimit, file + " has more than 1 MiB");
  }
  const SecretValue whole = built.Finish();
  std::string_view text = whole.Reveal();
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return SecretValue::Copy(text);
}

Status WritePrivateFile(const std::string& file, const SecretValue& text,
                        Overwrite overwrite) {
  std::error_code ignored;
  const auto folder = std::filesystem::path(file).parent_path();
  std::string pattern = (folder / ".writ-XXXXXX").string();
  const Descriptor made(::mkostemp(pattern.data(), O_CLOEXEC));
  if (made.get() < 0) return CantBe("write", file);
  Status written = WriteAll(made.get(), text.Reveal(), file);
  if (!written) {
    ::unlink(pattern.c_str());
    return written;
  }
  TRY(MoveIntoPlace(pattern, file, overwrite));
  return SyncFolderOf(file);
}

}  // namespace writ::reconciler
