#include "engine/plan/networks.h"

#include <algorithm>
#include <charconv>

namespace writ::engine {
namespace {

// A number and nothing else.
std::optional<int> ParseNumber(std::string_view text, int base, int max) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number, base);
  const bool valid = parsed.ec == std::errc() && parsed.ptr == end &&
                     number >= 0 && number <= max;
  return valid ? std::optional(number) : std::nullopt;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool ParseV4(std::string_view text, std::uint8_t* bytes) {
  const auto parts = Split(text, '.');
  if (parts.size() != 4) return false;
  for (std::string_view part : parts) {
    const auto number = ParseNumber(part, 10, 255);
    if (!number) return false;
    *bytes++ = static_cast<std::uint8_t>(*number);
  }
  return true;
}

// Groups of 16 bits, the last two perhaps as IPv4; nullopt where they are not.
std::optional<std::vector<std::uint8_t>> ParseGroups(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  if (text.empty()) return bytes;
  const auto parts = Split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
      std::array<std::uint8_t, 4> v4{};
      if (!ParseV4(parts[i], v4.data())) return std::nullopt;
      bytes.insert(bytes.end(), v4.begin(), v4.end());
      continue;
    }
    const auto group = ParseNumber(parts[i], 16, 0xffff);
    if (!group) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*group >> 8));
    bytes.push_back(static_cast<std::uint8_t>(*group & 0xff));
  }
  return bytes;
}

bool ParseV6(std::string_view text, std::array<std::uint8_t, 16>& bytes) {
  const std::size_t gap = text.find("::");
  const auto head = ParseGroups(text.substr(0, gap));
  if (!head || head->size() > bytes.size()) return false;
  std::copy(head->begin(), head->end(), bytes.begin());
  if (gap == std::string_view::npos) return head->size() == bytes.size();
  const auto tail = ParseGroups(text.substr(gap + 2));
  if (!tail || head->size() + tail->size() > bytes.size() - 2) return false;
  std::copy_backward(tail->begin(), tail->end(), bytes.end());
  return true;
}

}  // namespace

bool Network::Contains(const Network& other) const {
  if (v6 != other.v6 || prefix > other.prefix) return false;
  int left = prefix;
  for (std::size_t i = 0; left > 0; ++i, left -= 8) {
    const int shift = left >= 8 ? 0 : 8 - left;
    if (bytes[i] >> shift != other.bytes[i] >> shift) return false;
  }
  return true;
}

std::optional<Network> ParseNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  Network network;
  network.v6 = address.find(':') != std::string_view::npos;
  const bool parsed = network.v6 ? ParseV6(address, network.bytes)
                                 : ParseV4(address, network.bytes.data());
  if (!parsed) return std::nullopt;
  network.prefix = network.v6 ? 128 : 32;
  if (slash == std::string_view::npos) return network;
  const auto length = ParseNumber(text.substr(slash + 1), 10, network.prefix);
  if (!length) return std::nullopt;
  network.prefix = *length;
  return network;
}

std::vector<std::string> NewlyAllowed(const std::vector<std::string>& before,
                                      const std::vector<std::string>& after) {
  if (before.empty()) return {};
  if (after.empty()) return {"anywhere"};
  std::vector<std::string> added;
  for (const std::string& text : after) {
    const auto network = ParseNetwork(text);
    const bool covered = std::any_of(
        before.begin(), before.end(), [&](const std::string& old_text) {
          const auto old_network = ParseNetwork(old_text);
          return old_text == text ||
                 (network && old_network && old_network->Contains(*network));
        });
    if (!covered) added.push_back(text);
  }
  return added;
}

}  // namespace writ::engine
