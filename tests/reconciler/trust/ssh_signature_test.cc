// Signatures of the real ssh-keygen, and what becomes of them when they are
// changed (T-05).
#include "reconciler/trust/ssh_signature.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <memory>
#include <string>

#include "engine/cel/base64.h"
#include "reconciler/trust/ssh_wire.h"
#include "tests/support/ssh_keys.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

constexpr const char* kMessage = "tree 1\nauthor Ana\n\nRaise the limit\n";

class SshSignatureTest : public ::testing::Test {
 protected:
  testing::TempFolder folder_;
  testing::SshKeys keys_{folder_.path()};

  std::string Blob(const std::string& name) const {
    const std::string text = keys_.Public(name);
    return *engine::cel::DecodeBase64(text.substr(text.find(' ') + 1));
  }
};

std::string Armored(const std::string& blob) {
  return "-----BEGIN SSH SIGNATURE-----\n" + engine::cel::EncodeBase64(blob) +
         "\n-----END SSH SIGNATURE-----\n";
}

struct Parts {
  std::string version = std::string("\0\0\0\1", 4);
  std::string key;
  std::string name_space = "git";
  std::string reserved;
  std::string hash = "sha512";
  std::string signature;
  std::string rest;
};

std::string Join(const Parts& parts) {
  std::string blob = "SSHSIG" + parts.version;
  AppendSshString(parts.key, blob);
  AppendSshString(parts.name_space, blob);
  AppendSshString(parts.reserved, blob);
  AppendSshString(parts.hash, blob);
  AppendSshString(parts.signature, blob);
  return blob + parts.rest;
}

TEST_F(SshSignatureTest, EveryKindOfKeyVerifiesWithEitherHash) {
  struct Case {
    const char* type;
    int bits;
    const char* format;
  };
  for (const Case& c : {Case{"ed25519", 0, "ssh-ed25519"},
                        Case{"ecdsa", 256, "ecdsa-sha2-nistp256"},
                        Case{"ecdsa", 384, "ecdsa-sha2-nistp384"},
                        Case{"ecdsa", 521, "ecdsa-sha2-nistp521"},
                        Case{"rsa", 2048, "rsa-sha2-512"}}) {
    const std::string name = c.type + std::to_string(c.bits);
    keys_.Make(name, c.type, c.bits);
    for (const char* hash : {"sha256", "sha512"}) {
      SCOPED_TRACE(name + " " + hash);
      const auto signature =
          ParseSshSignature(keys_.Sign(name, kMessage, "git", hash));
      ASSERT_TRUE(signature) << signature.error().message;
      EXPECT_EQ(signature->format, c.format);
      EXPECT_EQ(signature->name_space, "git");
      EXPECT_EQ(signature->hash, hash);
      EXPECT_EQ(signature->key.blob, Blob(name));
      EXPECT_EQ(Fingerprint(signature->key), keys_.Fingerprint(name));
      EXPECT_TRUE(Verifies(*signature, kMessage));
      EXPECT_FALSE(Verifies(*signature, std::string(kMessage) + " "));
      EXPECT_FALSE(Verifies(*signature, ""));
    }
  }
}

TEST_F(SshSignatureTest, TheNamespaceIsPartOfWhatIsSigned) {
  keys_.Make("ana");
  auto signature = ParseSshSignature(keys_.Sign("ana", kMessage, "file"));
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->name_space, "file");
  EXPECT_TRUE(Verifies(*signature, kMessage));
  signature->name_space = "git";
  EXPECT_FALSE(Verifies(*signature, kMessage));
}

TEST_F(SshSignatureTest, AnotherKeyOrHashOrBitDoesNotVerify) {
  keys_.Make("ana");
  keys_.Make("bo");
  const auto signature = ParseSshSignature(keys_.Sign("ana", kMessage));
  ASSERT_TRUE(signature);
  SshSignature other = *signature;
  other.key = ParseSshKey(Blob("bo")).value();
  EXPECT_FALSE(Verifies(other, kMessage));
  other = *signature;
  other.hash = "sha256";
  EXPECT_FALSE(Verifies(other, kMessage));
  other.hash = "md5";
  EXPECT_FALSE(Verifies(other, kMessage));
  for (std::size_t i = 0; i < signature->bytes.size(); ++i) {
    other = *signature;
    other.bytes[i] = static_cast<char>(other.bytes[i] ^ 1);
    EXPECT_FALSE(Verifies(other, kMessage)) << i;
  }
  other = *signature;
  other.bytes += '\0';
  EXPECT_FALSE(Verifies(other, kMessage));
}

// ssh-keygen signs with SHA-512 alone; other signers use SHA-256 as well, and
// old ones SHA-1, which is refused.
TEST_F(SshSignatureTest, RsaTakesSha2AndNoSha1) {
  keys_.Make("ana", "rsa", 2048);
  testing::SshKeys(folder_.path());
  const auto good = ParseSshSignature(keys_.Sign("ana", kMessage));
  ASSERT_TRUE(good);
  const std::string pem = folder_ / "ana.pem";
  ASSERT_EQ(std::system(("cp " + folder_.path() + "/ana " + pem +
                         " && ssh-keygen -q -p -N '' -m PEM -f " + pem +
                         " > /dev/null")
                            .c_str()),
            0);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(pem.c_str(), "r"),
                                                   fclose);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  ASSERT_NE(key, nullptr);
  std::string covered = "SSHSIG";
  AppendSshString("git", covered);
  AppendSshString("", covered);
  AppendSshString("sha512", covered);
  unsigned char digest[64];
  ASSERT_EQ(EVP_Digest(kMessage, std::string(kMessage).size(), digest, nullptr,
                       EVP_sha512(), nullptr),
            1);
  AppendSshString({reinterpret_cast<char*>(digest), sizeof digest}, covered);
  struct Case {
    const char* format;
    const char* digest;
    bool verifies;
  };
  for (const Case& c : {Case{"rsa-sha2-256", "SHA256", true},
                        Case{"rsa-sha2-512", "SHA512", true},
                        Case{"rsa-sha2-512", "SHA256", false},
                        Case{"ssh-rsa", "SHA1", false}}) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(
        EVP_MD_CTX_new(), EVP_MD_CTX_free);
    ASSERT_EQ(EVP_DigestSignInit_ex(context.get(), nullptr, c.digest, nullptr,
                                    nullptr, key.get(), nullptr),
              1);
    std::string bytes(256, '\0');
    std::size_t size = bytes.size();
    ASSERT_EQ(EVP_DigestSign(
                  context.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                  &size, reinterpret_cast<const unsigned char*>(covered.data()),
                  covered.size()),
              1);
    SshSignature signature = *good;
    signature.format = c.format;
    signature.bytes = bytes;
    EXPECT_EQ(Verifies(signature, kMessage), c.verifies) << c.format;
  }
}

TEST_F(SshSignatureTest, AShortRsaKeyIsRefused) {
  keys_.Make("short", "rsa", 1024);
  const auto key = ParseSshKey(Blob("short"));
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().message,
            "an RSA key of 1024 bits; writ takes 2048 to 16384");
}

TEST_F(SshSignatureTest, OtherKeysAreUnsupportedByName) {
  for (const char* type : {"ssh-dss", "ssh-ed25519-cert-v01@openssh.com",
                           "sk-ssh-ed25519@openssh.com", "rsa-sha2-512"}) {
    std::string blob;
    AppendSshString(type, blob);
    AppendSshString("x", blob);
    const auto key = ParseSshKey(blob);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(key.error().message.find(type), std::string::npos);
  }
}

TEST_F(SshSignatureTest, AKeyThatIsCutOffOrGoesOnIsNoKey) {
  keys_.Make("ana");
  keys_.Make("bo", "ecdsa", 256);
  keys_.Make("cy", "rsa", 2048);
  for (const char* name : {"ana", "bo", "cy"}) {
    const std::string blob = Blob(name);
    ASSERT_TRUE(ParseSshKey(blob));
    EXPECT_FALSE(ParseSshKey(blob + "x"));
    for (std::size_t size = 0; size < blob.size(); ++size) {
      EXPECT_FALSE(ParseSshKey(blob.substr(0, size))) << name << " " << size;
    }
  }
  // A point that lies on no curve.
  std::string blob = Blob("bo");
  blob.back() = static_cast<char>(blob.back() ^ 1);
  EXPECT_FALSE(ParseSshKey(blob));
  EXPECT_FALSE(ParseSshKey(std::string(100'000, '\0')));
}

TEST_F(SshSignatureTest, WhatIsMalformedIsRefused) {
  keys_.Make("ana");
  Parts good;
  good.key = Blob("ana");
  AppendSshString("ssh-ed25519", good.signature);
  AppendSshString(std::string(64, 'x'), good.signature);
  ASSERT_TRUE(ParseSshSignature(Armored(Join(good))));
  const auto refused = [&](auto change) {
    Parts parts = good;
    change(parts);
    const auto parsed = ParseSshSignature(Armored(Join(parts)));
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_NE(refused([](Parts& p) { p.version[3] = 2; }), "");
  EXPECT_NE(refused([](Parts& p) { p.reserved = "x"; }), "");
  EXPECT_NE(refused([](Parts& p) { p.hash = "sha1"; }), "");
  EXPECT_NE(refused([](Parts& p) { p.name_space = ""; }), "");
  EXPECT_NE(refused([](Parts& p) { p.name_space.assign(300, 'g'); }), "");
  EXPECT_NE(refused([](Parts& p) { p.rest = "x"; }), "");
  EXPECT_NE(refused([](Parts& p) { p.signature += "x"; }), "");
  EXPECT_NE(refused([](Parts& p) { p.signature = ""; }), "");
  EXPECT_NE(refused([](Parts& p) { p.key = "x"; }), "");
  const std::string blob = Join(good);
  for (std::size_t size = 0; size < blob.size(); ++size) {
    EXPECT_FALSE(ParseSshSignature(Armored(blob.substr(0, size)))) << size;
  }
}

TEST_F(SshSignatureTest, OtherTextsAreNamedForWhatTheyAre) {
  const auto says = [](std::string_view text) {
    return ParseSshSignature(text).error().message;
  };
  EXPECT_NE(says("-----BEGIN PGP SIGNATURE-----\nx").find("OpenPGP"),
            std::string::npos);
  EXPECT_NE(says("-----BEGIN SIGNED MESSAGE-----\nx").find("X.509"),
            std::string::npos);
  EXPECT_EQ(says(""), "the signature is none of an SSH key");
  EXPECT_EQ(says("-----BEGIN SSH SIGNATURE-----"),
            "the signature is none of an SSH key");
  EXPECT_EQ(
      says("-----BEGIN SSH SIGNATURE-----\n*\n-----END SSH SIGNATURE-----"),
      "the signature can't be decoded");
  EXPECT_EQ(says(Armored("")), "the signature can't be decoded");
  EXPECT_EQ(says(std::string(70'000, 'A')),
            "the signature is longer than 65536 bytes");
}

}  // namespace
}  // namespace writ::reconciler
