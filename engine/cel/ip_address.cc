#include "engine/cel/ip_address.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <system_error>

namespace writ::engine::cel {
namespace {

// Decimal without sign and leading zeros.
std::optional<int> ParseDecimal(std::string_view text, int max) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value > max) return std::nullopt;
  return value;
}

bool ParseIpv4(std::string_view text, std::span<std::uint8_t, 4> bytes) {
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return false;
    const std::optional<int> byte = ParseDecimal(text.substr(0, dot), 255);
    if (!byte) return false;
    bytes[i] = static_cast<std::uint8_t>(*byte);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return true;
}

// Up to four hexadecimal digits.
std::optional<std::uint16_t> ParseGroup(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint16_t group = 0;
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), group, 16);
  if (code != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return group;
}

struct Ipv6Reader {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;
  std::optional<std::size_t> gap;  // where "::" was

  bool Add(std::uint16_t group) {
    if (size + 2 > bytes.size()) return false;
    bytes[size++] = static_cast<std::uint8_t>(group >> 8);
    bytes[size++] = static_cast<std::uint8_t>(group & 255);
    return true;
  }
  bool AddIpv4(std::string_view text) {
    if (size + 4 > bytes.size()) return false;
    if (!ParseIpv4(text, std::span(bytes).subspan(size).first<4>())) {
      return false;
    }
    size += 4;
    return true;
  }
  // Moves what came after the gap to the end. "::" stands for something.
  bool Finish() {
    if (!gap) return size == bytes.size();
    if (size == bytes.size()) return false;
    std::move_backward(bytes.begin() + static_cast<std::ptrdiff_t>(*gap),
                       bytes.begin() + static_cast<std::ptrdiff_t>(size),
                       bytes.end());
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(*gap),
                bytes.size() - size, std::uint8_t{0});
    return true;
  }
};

bool ParseIpv6(std::string_view text, std::array<std::uint8_t, 16>& bytes) {
  Ipv6Reader reader;
  if (text.starts_with("::")) {
    reader.gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view field = text.substr(0, colon);
    if (colon == text.size() && field.find('.') != std::string_view::npos) {
      if (!reader.AddIpv4(field)) return false;
      break;
    }
    const std::optional<std::uint16_t> group = ParseGroup(field);
    if (!group || !reader.Add(*group)) return false;
    text.remove_prefix(colon);
    if (text.starts_with("::")) {
      if (reader.gap) return false;
      reader.gap = reader.size;
      text.remove_prefix(2);
    } else if (!text.empty()) {
      text.remove_prefix(1);
      if (text.empty()) return false;
    }
  }
  if (!reader.Finish()) return false;
  bytes = reader.bytes;
  return true;
}

bool AllZero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t byte) { return byte == 0; });
}

bool IsIpv4Mapped(const std::array<std::uint8_t, 16>& bytes) {
  return AllZero(std::span(bytes).first(10)) && bytes[10] == 0xff &&
         bytes[11] == 0xff;
}

bool IsMulticast(const IpAddress& address) {
  return address.family == 4 ? (address.bytes[0] & 0xf0) == 0xe0
                             : address.bytes[0] == 0xff;
}

std::string Ipv6Text(const std::array<std::uint8_t, 16>& bytes) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<unsigned>(bytes[2 * i]) << 8 | bytes[2 * i + 1];
  }
  // The first of the longest runs of zeros, of two or more.
  std::size_t gap = 8;
  std::size_t gap_size = 1;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i > gap_size) {
      gap = i;
      gap_size = end - i;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == gap) {
      text += "::";
      i += gap_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 4> room;
    const auto end =
        std::to_chars(room.data(), room.data() + room.size(), groups[i], 16)
            .ptr;
    text.append(room.data(), end);
  }
  return text;
}

}  // namespace

std::string IpAddress::ToText() const {
  if (family == 6) return Ipv6Text(bytes);
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) text += '.';
    text += std::to_string(bytes[i]);
  }
  return text;
}

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  IpAddress address;
  if (text.find(':') == std::string_view::npos) {
    if (!ParseIpv4(text, std::span(address.bytes).first<4>())) {
      return std::nullopt;
    }
    return address;
  }
  address.family = 6;
  if (!ParseIpv6(text, address.bytes) || IsIpv4Mapped(address.bytes)) {
    return std::nullopt;
  }
  return address;
}

bool IsLoopback(const IpAddress& address) {
  if (address.family == 4) return address.bytes[0] == 127;
  return AllZero(std::span(address.bytes).first(15)) && address.bytes[15] == 1;
}

bool IsUnspecified(const IpAddress& address) { return AllZero(address.bytes); }

bool IsLinkLocalMulticast(const IpAddress& address) {
  const auto& bytes = address.bytes;
  if (address.family == 4) {
    return bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0;
  }
  return bytes[0] == 0xff && (bytes[1] & 0x0f) == 2;
}

bool IsLinkLocalUnicast(const IpAddress& address) {
  const auto& bytes = address.bytes;
  if (address.family == 4) return bytes[0] == 169 && bytes[1] == 254;
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool IsGlobalUnicast(const IpAddress& address) {
  const auto& bytes = address.bytes;
  const bool broadcast =
      address.family == 4 &&
      std::all_of(bytes.begin(), bytes.begin() + 4,
                  [](std::uint8_t byte) { return byte == 0xff; });
  return !broadcast && !IsUnspecified(address) && !IsLoopback(address) &&
         !IsMulticast(address) && !IsLinkLocalUnicast(address);
}

IpRange IpRange::Masked() const {
  IpRange masked = *this;
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(prefix - 8 * i, 0, 8);
    masked.address.bytes[static_cast<std::size_t>(i)] &=
        static_cast<std::uint8_t>(0xff << (8 - kept));
  }
  return masked;
}

bool IpRange::Contains(const IpAddress& other) const {
  return address.family == other.family &&
         IpRange{other, prefix}.Masked().address == Masked().address;
}

bool IpRange::Contains(const IpRange& other) const {
  return prefix <= other.prefix && Contains(other.address);
}

std::string IpRange::ToText() const {
  return address.ToText() + "/" + std::to_string(prefix);
}

std::optional<IpRange> ParseIpRange(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<IpAddress> address =
      ParseIpAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::optional<int> prefix =
      ParseDecimal(text.substr(slash + 1), address->bits());
  if (!prefix) return std::nullopt;
  return IpRange{*address, *prefix};
}

}  // namespace writ::engine::cel
