#include "schema/credential/checksum.h"

#include <array>

namespace writ {
namespace {

constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320U : 0);
    }
    table[i] = value;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = MakeTable();

}  // namespace

std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    crc = kTable[(crc ^ byte) & 0xff] ^ (crc >> 8);
  }
  return ~crc;
}

std::string CredentialChecksum(std::string_view head) {
  std::string text(kChecksumSize, '0');
  std::uint32_t rest = Crc32(head);
  for (std::size_t i = kChecksumSize; i > 0; --i) {
    text[i - 1] = kBase62[rest % kBase62.size()];
    rest /= static_cast<std::uint32_t>(kBase62.size());
  }
  return text;
}

bool HasValidChecksum(std::string_view credential) {
  if (credential.size() <= kChecksumSize) return false;
  const std::size_t head = credential.size() - kChecksumSize;
  return credential.substr(head) ==
         CredentialChecksum(credential.substr(0, head));
}

}  // namespace writ
