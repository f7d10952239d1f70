// Credentials made up on the spot, so that no file of this repository holds
// one. The checksum is computed here a second time, bit by bit.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace writ::testing {

inline constexpr std::string_view kBase62Alphabet =
    "0123456789"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz";

inline std::uint32_t BitwiseCrc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const bool in = ((static_cast<unsigned char>(c) >> bit) & 1) != 0;
      const bool out = (crc & 1) != 0;
      crc >>= 1;
      if (in != out) crc ^= 0xedb88320U;
    }
  }
  return ~crc;
}

inline std::string BitwiseChecksum(std::string_view head) {
  std::string digits;
  for (std::uint32_t rest = BitwiseCrc32(head); rest > 0; rest /= 62) {
    digits.insert(digits.begin(), kBase62Alphabet[rest % 62]);
  }
  return std::string(6 - digits.size(), '0') + digits;
}

// Of [0-9A-Za-z], the same for a seed each time.
inline std::string RandomBody(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string body;
  for (std::size_t i = 0; i < size; ++i) {
    body += kBase62Alphabet[random() % kBase62Alphabet.size()];
  }
  return body;
}

// A credential as writ issues it: prefix, 42 random characters, checksum.
inline std::string MakeCredential(std::string_view prefix, std::uint32_t seed) {
  const std::string head = std::string(prefix) + RandomBody(42, seed);
  return head + BitwiseChecksum(head);
}

// A PEM block of a kind, with nothing real in it.
inline std::string MakePem(std::string_view kind, std::uint32_t seed) {
  const std::string dashes(5, '-');
  const std::string label = std::string(kind) + dashes;
  return dashes + "BEGIN " + label + "\n" + RandomBody(64, seed) + "\n" +
         RandomBody(40, seed + 1) + "\n" + dashes + "END " + label;
}

}  // namespace writ::testing
