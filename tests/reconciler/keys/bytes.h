// Bytes as test vectors write them.
#pragma once

#include <string>
#include <string_view>

namespace writ::reconciler {

inline std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(
        std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

inline std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    hex.push_back(kDigits[static_cast<unsigned char>(byte) >> 4U]);
    hex.push_back(kDigits[static_cast<unsigned char>(byte) & 0x0fU]);
  }
  return hex;
}

// first, first + 1, … last
inline std::string Range(int first, int last) {
  std::string bytes;
  for (int byte = first; byte <= last; ++byte) {
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

}  // namespace writ::reconciler
