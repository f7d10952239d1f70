// The binary form in which SSH writes keys and signatures (RFC 4251, section
// 5): numbers of four bytes, and strings with their length before them. A view
// over somebody else's bytes; nothing is read beyond their end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::reconciler {

class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}

  // nullopt where the bytes end before.
  std::optional<std::uint32_t> ReadNumber();
  std::optional<std::string_view> ReadString();
  // The magnitude of a positive mpint, without leading zeros; nullopt for a
  // negative one, zero, and padding that isn't needed.
  std::optional<std::string_view> ReadMagnitude();
  // Whether the next bytes are these; they are passed over then.
  bool Skip(std::string_view bytes);
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Appends the bytes with their length before them.
void AppendSshString(std::string_view bytes, std::string& out);

}  // namespace writ::reconciler
