#include "reconciler/keys/master_key.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "reconciler/descriptor.h"
#include "reconciler/durable_folder.h"

namespace writ::reconciler {
namespace {

// Base64 of 32 bytes: 43 characters and one "=".
constexpr std::size_t kTextSize = 44;

tl::unexpected<Error> FailWith(int error, const std::string& what) {
  ErrorCode code = ErrorCode::kIo;
  if (error == ENOENT || error == ENOTDIR) code = ErrorCode::kNotFound;
  if (error == EACCES || error == EPERM) code = ErrorCode::kPermission;
  return Fail(code, what + ": " + std::strerror(error));
}

tl::unexpected<Error> NoKey(const std::string& source) {
  return Fail(ErrorCode::kInvalidArgument,
              source +
                  " holds no master key: that is exactly 32 bytes, "
                  "written in base64",
              "writ secrets init --key-file FILE makes one; so does: openssl "
              "rand -base64 32");
}

std::string_view WithoutNewline(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

// Base64 alone: 32 characters that somebody thought up are no key.
Result<MasterKey> ParseKey(std::string_view text, const std::string& source) {
  text = WithoutNewline(text);
  if (text.size() != kTextSize || text.back() != '=') return NoKey(source);
  std::array<unsigned char, kMasterKeySize + 1> bytes{};
  const int size = EVP_DecodeBlock(
      bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
      kTextSize);
  // Written again, it must be the same: OpenSSL skips white space.
  std::array<unsigned char, kTextSize + 1> again{};
  if (size > 0) EVP_EncodeBlock(again.data(), bytes.data(), kMasterKeySize);
  const bool same = std::memcmp(again.data(), text.data(), kTextSize) == 0;
  MasterKey key{SecretValue::Copy({reinterpret_cast<const char*>(bytes.data()),
                                   kMasterKeySize}),
                source};
  Wipe(bytes.data(), bytes.size());
  Wipe(again.data(), again.size());
  if (!same) return NoKey(source);
  return key;
}

Status CheckModes(const struct stat& facts, const std::string& source) {
  if (!S_ISREG(facts.st_mode)) {
    return Fail(ErrorCode::kPermission, source + " is no regular file");
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(ErrorCode::kPermission, source + " is open to others",
                "make it its owner's alone: chmod 600");
  }
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return Fail(ErrorCode::kPermission,
                source + " belongs to neither this user nor root");
  }
  return {};
}

Result<std::size_t> ReadSome(int descriptor, char* buffer, std::size_t size,
                             const std::string& source) {
  std::size_t read = 0;
  while (read < size) {
    const ssize_t part = ::read(descriptor, buffer + read, size - read);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return FailWith(errno, "can't read " + source);
    if (part == 0) break;
    read += static_cast<std::size_t>(part);
  }
  return read;
}

Status WriteAll(int descriptor, std::string_view text,
                const std::string& file) {
  while (!text.empty()) {
    const ssize_t part = ::write(descriptor, text.data(), text.size());
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) return FailWith(errno, "can't write " + file);
    text.remove_prefix(static_cast<std::size_t>(part));
  }
  return {};
}

// The text's bytes stay visible under /proc/PID/environ until overwritten.
SecretValue TakeVariable(const char* name) {
  char* const text = std::getenv(name);
  if (text == nullptr) return {};
  const std::size_t size = std::strlen(text);
  SecretValue value = SecretValue::Copy({text, size});
  Wipe(text, size);
  ::unsetenv(name);
  return value;
}

// Under a name of its own until it is whole and durable: whoever finds `file`
// finds all of it, and what was killed before left nothing there. Never over
// another one.
Status PutWhole(const std::string& file, std::string_view text,
                Random& random) {
  std::array<std::uint8_t, 8> chance{};
  random.Fill(chance);
  std::string part = file + ".";
  for (const std::uint8_t byte : chance) {
    part += "0123456789abcdef"[byte & 15];
  }
  const Descriptor made(
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
             S_IRUSR | S_IWUSR));
  if (made.get() < 0) return FailWith(errno, "can't create " + file);
  Status written = WriteAll(made.get(), text, file);
  if (written && ::fsync(made.get()) != 0) {
    written = FailWith(errno, "can't make " + file + " durable");
  }
  if (written && ::link(part.c_str(), file.c_str()) != 0) {
    written = errno == EEXIST
                  ? Fail(ErrorCode::kConflict, file + " is there already",
                         "no key file is ever overwritten; name another")
                  : FailWith(errno, "can't create " + file);
  }
  ::unlink(part.c_str());
  if (written) written = SyncFolderOf(file);
  return written;
}

}  // namespace

Status ForbidDumps() {
  const rlimit none = {0, 0};
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
      ::setrlimit(RLIMIT_CORE, &none) != 0) {
    return FailWith(errno, "can't keep this process from being dumped");
  }
  return {};
}

Result<std::optional<MasterKey>> ReadMasterKey() {
  TRY(ForbidDumps());
  const SecretValue text = TakeVariable(kMasterKeyVariable);
  const char* const file = std::getenv(kMasterKeyFileVariable);
  if (file != nullptr && *file != '\0') return TRY(ReadMasterKeyFile(file));
  if (text.empty()) return std::nullopt;
  return TRY(ParseKey(text.Reveal(),
                      std::string("the variable ") + kMasterKeyVariable));
}

Result<MasterKey> ReadMasterKeyFile(const std::string& file) {
  TRY(ForbidDumps());
  const std::string source = "the file " + file;
  // Links are followed: that is how secrets are mounted into containers.
  const Descriptor opened(
      ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.get() < 0 && errno == ENOENT) {
    return Fail(ErrorCode::kNotFound,
                "can't read " + source + ": it isn't there",
                "bring it, or for a state that never had a key make one: "
                "writ secrets init --key-file " +
                    file);
  }
  if (opened.get() < 0) return FailWith(errno, "can't read " + source);
  struct stat facts = {};
  if (::fstat(opened.get(), &facts) != 0) {
    return FailWith(errno, "can't read " + source);
  }
  TRY(CheckModes(facts, source));
  std::array<char, kTextSize + 4> buffer{};
  const auto size =
      ReadSome(opened.get(), buffer.data(), buffer.size(), source);
  const SecretValue text = SecretValue::Copy({buffer.data(), size ? *size : 0});
  Wipe(buffer.data(), buffer.size());
  if (!size) return tl::unexpected<Error>(size.error());
  return ParseKey(text.Reveal(), source);
}

Result<MasterKey> CreateMasterKeyFile(const std::string& file, Random& random) {
  TRY(ForbidDumps());
  std::array<std::uint8_t, kMasterKeySize> bytes{};
  std::array<unsigned char, kTextSize + 1> text{};
  random.Fill(bytes);
  EVP_EncodeBlock(text.data(), bytes.data(), kMasterKeySize);
  text[kTextSize] = '\n';
  MasterKey key{SecretValue::Copy({reinterpret_cast<const char*>(bytes.data()),
                                   bytes.size()}),
                "the file " + file};
  const SecretValue line = SecretValue::Copy(
      {reinterpret_cast<const char*>(text.data()), text.size()});
  Wipe(bytes.data(), bytes.size());
  Wipe(text.data(), text.size());
  TRY(PutWhole(file, line.Reveal(), random));
  return key;
}

}  // namespace writ::reconciler
