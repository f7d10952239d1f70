#include "reconciler/keys/ephemeral_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "reconciler/keys/ciphers.h"
#include "reconciler/keys/master_key.h"

namespace writ::reconciler {

// The file is like a master key's: 32 bytes in base64, its owner's alone.

Result<EphemeralKey> EphemeralKey::Create(const std::string& file,
                                          Random& random) {
  MasterKey key = TRY(CreateMasterKeyFile(file, random));
  return EphemeralKey(std::move(key.bytes));
}

Result<std::optional<EphemeralKey>> EphemeralKey::Open(
    const std::string& file) {
  auto key = ReadMasterKeyFile(file);
  if (!key && key.error().code == ErrorCode::kNotFound) {
    return std::optional<EphemeralKey>();
  }
  MasterKey found = TRY(std::move(key));
  return std::optional<EphemeralKey>(EphemeralKey(std::move(found.bytes)));
}

Status EphemeralKey::Destroy(const std::string& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
    return Fail(ErrorCode::kIo,
                "can't remove " + file + ": " + std::strerror(errno));
  }
  const std::string folder = file.substr(0, file.rfind('/'));
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool durable = opened >= 0 && ::fsync(opened) == 0;
  if (opened >= 0) ::close(opened);
  if (durable) return {};
  return Fail(ErrorCode::kIo, "can't make durable that " + file + " is gone");
}

std::string EphemeralKey::Seal(std::string_view bound, const SecretValue& value,
                               Random& random) const {
  return SealBytes(key_.Reveal(), bound, value.Reveal(), random);
}

Result<SecretValue> EphemeralKey::Unseal(std::string_view bound,
                                         std::string_view sealed) const {
  return OpenBytes(key_.Reveal(), bound, sealed);
}

}  // namespace writ::reconciler
