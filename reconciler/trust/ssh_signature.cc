#include "reconciler/trust/ssh_signature.h"

#include <openssl/evp.h>

#include <array>
#include <optional>
#include <utility>

#include "engine/cel/base64.h"
#include "reconciler/trust/ssh_wire.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kMagic = "SSHSIG";
constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";
constexpr std::size_t kMaxArmored = 64u << 10;
constexpr std::size_t kMaxNamespace = 256;

tl::unexpected<Error> Broken(const std::string& what) {
  return Fail(ErrorCode::kInvalidArgument, "the signature " + what);
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

Result<std::string> Unarmored(std::string_view armored) {
  if (armored.size() > kMaxArmored) {
    return Broken("is longer than " + std::to_string(kMaxArmored) + " bytes");
  }
  const std::string_view text = Trimmed(armored);
  if (text.starts_with("-----BEGIN PGP")) {
    return Fail(ErrorCode::kUnsupported,
                "the signature is an OpenPGP one, and writ verifies those of "
                "SSH keys",
                "git config gpg.format ssh");
  }
  if (text.starts_with("-----BEGIN SIGNED MESSAGE")) {
    return Fail(ErrorCode::kUnsupported,
                "the signature is an X.509 one, and writ verifies those of SSH "
                "keys",
                "git config gpg.format ssh");
  }
  if (text.size() < kBegin.size() + kEnd.size() || !text.starts_with(kBegin) ||
      !text.ends_with(kEnd)) {
    return Broken("is none of an SSH key");
  }
  std::string base64;
  for (const char c :
       text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size())) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') base64 += c;
  }
  auto bytes = engine::cel::DecodeBase64(base64);
  if (!bytes || bytes->empty()) return Broken("can't be decoded");
  return std::move(*bytes);
}

std::optional<std::string> Hashed(const std::string& hash,
                                  std::string_view message) {
  const EVP_MD* method = hash == "sha256"   ? EVP_sha256()
                         : hash == "sha512" ? EVP_sha512()
                                            : nullptr;
  if (method == nullptr) return std::nullopt;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(message.data(), message.size(), digest.data(), &size, method,
                 nullptr) != 1) {
    return std::nullopt;
  }
  return std::string(reinterpret_cast<const char*>(digest.data()), size);
}

}  // namespace

Result<SshSignature> ParseSshSignature(std::string_view armored) {
  const std::string blob = TRY(Unarmored(armored));
  SshReader reader(blob);
  if (!reader.Skip(kMagic)) return Broken("is none of an SSH key");
  const auto version = reader.ReadNumber();
  if (version != 1u) {
    return Fail(ErrorCode::kUnsupported,
                "the signature is of a version that writ doesn't know");
  }
  const auto key = reader.ReadString();
  const auto name_space = reader.ReadString();
  const auto reserved = reader.ReadString();
  const auto hash = reader.ReadString();
  const auto signature = reader.ReadString();
  if (!key || !name_space || !reserved || !hash || !signature ||
      !reader.at_end()) {
    return Broken("is cut off, or goes on behind its end");
  }
  if (!reserved->empty() || name_space->empty() ||
      name_space->size() > kMaxNamespace) {
    return Broken("is malformed");
  }
  if (*hash != "sha256" && *hash != "sha512") {
    return Fail(ErrorCode::kUnsupported,
                "the signature is made with a hash that isn't taken; sha256 "
                "and sha512 are");
  }
  SshReader inner(*signature);
  const auto format = inner.ReadString();
  const auto bytes = inner.ReadString();
  if (!format || !bytes || !inner.at_end()) return Broken("is malformed");
  SshSignature parsed;
  parsed.key = TRY(ParseSshKey(*key));
  parsed.name_space = *name_space;
  parsed.hash = *hash;
  parsed.format = *format;
  parsed.bytes = *bytes;
  return parsed;
}

bool Verifies(const SshSignature& signature, std::string_view message) {
  const auto digest = Hashed(signature.hash, message);
  if (!digest) return false;
  std::string covered(kMagic);
  AppendSshString(signature.name_space, covered);
  AppendSshString("", covered);  // reserved
  AppendSshString(signature.hash, covered);
  AppendSshString(*digest, covered);
  return Verifies(signature.key, signature.format, signature.bytes, covered);
}

}  // namespace writ::reconciler
