#include "reconciler/trust/ssh_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "engine/cel/base64.h"
#include "reconciler/trust/ssh_wire.h"
#include "schema/digest.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kMaxKeyBytes = 4096;
constexpr std::size_t kEd25519Bytes = 32;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 16384;  // OpenSSH's own limit

template <auto kFree>
struct Freeing {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using PublicKey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using Verification = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using ParameterBuild =
    std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;
using CurveSignature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;

struct Curve {
  std::string_view type;
  std::string_view name;  // RFC 5656
  const char* group;      // OpenSSL's
  const char* digest;     // that signatures on it use
  std::size_t field_bytes;
};
constexpr std::array<Curve, 3> kCurves = {{
    {"ecdsa-sha2-nistp256", "nistp256", "prime256v1", "SHA256", 32},
    {"ecdsa-sha2-nistp384", "nistp384", "secp384r1", "SHA384", 48},
    {"ecdsa-sha2-nistp521", "nistp521", "secp521r1", "SHA512", 66},
}};

const Curve* FindCurve(std::string_view type) {
  const auto* found =
      std::find_if(kCurves.begin(), kCurves.end(),
                   [&](const Curve& curve) { return curve.type == type; });
  return found == kCurves.end() ? nullptr : found;
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number NumberOf(std::string_view magnitude) {
  return Number(
      BN_bin2bn(Bytes(magnitude), static_cast<int>(magnitude.size()), nullptr));
}

PublicKey FromParameters(const char* algorithm, OSSL_PARAM_BLD* build) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(build));
  const KeyContext context(
      EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                        parameters.get()) != 1) {
    return nullptr;
  }
  return PublicKey(key);
}

PublicKey ReadEd25519(SshReader& reader) {
  const auto point = reader.ReadString();
  if (!point || point->size() != kEd25519Bytes || !reader.at_end()) {
    return nullptr;
  }
  return PublicKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                               Bytes(*point), point->size()));
}

PublicKey ReadCurve(SshReader& reader, const Curve& curve) {
  const auto name = reader.ReadString();
  const auto point = reader.ReadString();
  const bool is_plain = name == curve.name && point && reader.at_end() &&
                        point->size() == 1 + 2 * curve.field_bytes &&
                        point->front() == POINT_CONVERSION_UNCOMPRESSED;
  const ParameterBuild build(OSSL_PARAM_BLD_new());
  if (!is_plain || !build ||
      OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      curve.group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                       point->data(), point->size()) != 1) {
    return nullptr;
  }
  // A point that isn't on the curve is refused here.
  return FromParameters("EC", build.get());
}

PublicKey ReadRsa(SshReader& reader) {
  const auto exponent = reader.ReadMagnitude();
  const auto modulus = reader.ReadMagnitude();
  constexpr std::size_t kMaxExponentBytes = 8;
  if (!exponent || !modulus || !reader.at_end() ||
      exponent->size() > kMaxExponentBytes) {
    return nullptr;
  }
  const Number e = NumberOf(*exponent);
  const Number n = NumberOf(*modulus);
  const ParameterBuild build(OSSL_PARAM_BLD_new());
  if (!e || !n || !build || BN_is_odd(e.get()) == 0 ||
      BN_is_one(e.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) !=
          1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) !=
          1) {
    return nullptr;
  }
  return FromParameters("RSA", build.get());
}

PublicKey Read(std::string_view blob) {
  SshReader reader(blob);
  const auto type = reader.ReadString();
  if (!type) return nullptr;
  if (*type == "ssh-ed25519") return ReadEd25519(reader);
  if (*type == "ssh-rsa") return ReadRsa(reader);
  const Curve* curve = FindCurve(*type);
  return curve != nullptr ? ReadCurve(reader, *curve) : nullptr;
}

// ECDSA's two numbers as OpenSSL takes them: DER.
std::optional<std::string> CurveSignatureDer(std::string_view signature) {
  SshReader reader(signature);
  const auto r = reader.ReadMagnitude();
  const auto s = reader.ReadMagnitude();
  if (!r || !s || !reader.at_end()) return std::nullopt;
  const CurveSignature pair(ECDSA_SIG_new());
  Number first = NumberOf(*r);
  Number second = NumberOf(*s);
  if (!pair || !first || !second ||
      ECDSA_SIG_set0(pair.get(), first.get(), second.get()) != 1) {
    return std::nullopt;
  }
  // They are the pair's from here on.
  static_cast<void>(first.release());
  static_cast<void>(second.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return std::nullopt;
  std::string text(reinterpret_cast<const char*>(der),
                   static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

bool VerifyWith(EVP_PKEY* key, const char* digest, std::string_view signature,
                std::string_view bytes) {
  const Verification context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr,
                                 nullptr, key, nullptr) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                          Bytes(bytes), bytes.size()) == 1;
}

const char* RsaDigest(std::string_view format) {
  if (format == "rsa-sha2-256") return "SHA256";
  return format == "rsa-sha2-512" ? "SHA512" : nullptr;
}

}  // namespace

Result<SshKey> ParseSshKey(std::string_view blob) {
  SshReader reader(blob.substr(0, kMaxKeyBytes));
  const auto type = reader.ReadString();
  const bool is_name = type && !type->empty() &&
                       std::all_of(type->begin(), type->end(),
                                   [](char c) { return c > ' ' && c <= '~'; });
  if (!is_name) return Fail(ErrorCode::kInvalidArgument, "this is no SSH key");
  if (*type != "ssh-ed25519" && *type != "ssh-rsa" &&
      FindCurve(*type) == nullptr) {
    return Fail(
        ErrorCode::kUnsupported,
        "keys of type " + std::string(*type) + " are not verified by writ",
        "use ed25519, ecdsa or rsa: ssh-keygen -t ed25519");
  }
  const PublicKey key = blob.size() > kMaxKeyBytes ? nullptr : Read(blob);
  if (!key) {
    return Fail(ErrorCode::kInvalidArgument,
                "this is no key of type " + std::string(*type));
  }
  const int bits = EVP_PKEY_get_bits(key.get());
  if (*type == "ssh-rsa" && (bits < kMinRsaBits || bits > kMaxRsaBits)) {
    return Fail(ErrorCode::kInvalidArgument,
                "an RSA key of " + std::to_string(bits) + " bits; writ takes " +
                    std::to_string(kMinRsaBits) + " to " +
                    std::to_string(kMaxRsaBits));
  }
  return SshKey{std::string(*type), std::string(blob)};
}

std::string Fingerprint(const SshKey& key) {
  std::string text = engine::cel::EncodeBase64(Sha256(key.blob).Bytes());
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

bool Verifies(const SshKey& key, std::string_view format,
              std::string_view signature, std::string_view bytes) {
  const PublicKey public_key = Read(key.blob);
  if (!public_key) return false;
  if (key.type == "ssh-rsa") {
    const char* digest = RsaDigest(format);
    const auto size =
        static_cast<std::size_t>(EVP_PKEY_get_size(public_key.get()));
    if (digest == nullptr || signature.size() > size) return false;
    // Some signers leave leading zeros out.
    std::string padded(size - signature.size(), '\0');
    padded += signature;
    return VerifyWith(public_key.get(), digest, padded, bytes);
  }
  if (format != key.type) return false;
  if (key.type == "ssh-ed25519") {
    return VerifyWith(public_key.get(), nullptr, signature, bytes);
  }
  const Curve* curve = FindCurve(key.type);
  const auto der = CurveSignatureDer(signature);
  return curve != nullptr && der &&
         VerifyWith(public_key.get(), curve->digest, *der, bytes);
}

}  // namespace writ::reconciler
