#include "reconciler/keys/ephemeral_key.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "reconciler/durable_folder.h"
#include "reconciler/keys/ciphers.h"
#include "reconciler/keys/master_key.h"

namespace writ::reconciler {
namespace {

// What a process that was killed while it made the file left beside it, which
// may be the same key (master_key.cc).
Status RemoveParts(const std::string& folder, const std::string& prefix) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  if (error) {
    return Fail(ErrorCode::kIo,
                "can't look into " + folder + ": " + error.message());
  }
  for (const auto& entry : entries) {
    if (entry.path().filename().string().rfind(prefix, 0) != 0) continue;
    std::filesystem::remove(entry.path(), error);
    if (error) {
      return Fail(ErrorCode::kIo, "can't remove " + entry.path().string() +
                                      ": " + error.message());
    }
  }
  return {};
}

}  // namespace

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
  const std::filesystem::path path(file);
  const std::string folder = path.parent_path().string();
  TRY(RemoveParts(folder, path.filename().string() + "."));
  return SyncFolderOf(file);
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
