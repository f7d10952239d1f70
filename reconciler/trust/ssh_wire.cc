#include "reconciler/trust/ssh_wire.h"

namespace writ::reconciler {

std::optional<std::uint32_t> SshReader::ReadNumber() {
  constexpr std::size_t kBytes = 4;
  if (rest_.size() < kBytes) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    number = number << 8 | static_cast<unsigned char>(rest_[i]);
  }
  rest_.remove_prefix(kBytes);
  return number;
}

std::optional<std::string_view> SshReader::ReadString() {
  const auto size = ReadNumber();
  if (!size || *size > rest_.size()) return std::nullopt;
  const std::string_view bytes = rest_.substr(0, *size);
  rest_.remove_prefix(*size);
  return bytes;
}

std::optional<std::string_view> SshReader::ReadMagnitude() {
  auto bytes = ReadString();
  if (!bytes || bytes->empty()) return std::nullopt;
  const auto high = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0x80) != 0;
  };
  if (high(bytes->front())) return std::nullopt;
  if (bytes->front() != '\0') return bytes;
  bytes->remove_prefix(1);
  if (bytes->empty() || !high(bytes->front())) return std::nullopt;
  return bytes;
}

bool SshReader::Skip(std::string_view bytes) {
  if (!rest_.starts_with(bytes)) return false;
  rest_.remove_prefix(bytes.size());
  return true;
}

void AppendSshString(std::string_view bytes, std::string& out) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>(size >> shift & 0xff);
  }
  out += bytes;
}

}  // namespace writ::reconciler
