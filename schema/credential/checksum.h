// The last six characters of every token that writ issues: CRC-32 of all that
// stands before them, in base 62 (0-9A-Za-z), left-padded with '0'. Tells a
// real token from a typo or a placeholder without asking the database; it is
// no secret and proves nothing.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ {

inline constexpr std::size_t kChecksumSize = 6;

// CRC-32 as zlib, gzip and PNG have it (polynomial 0xedb88320, reflected).
std::uint32_t Crc32(std::string_view bytes);

// The checksum of `head`: prefix and random part.
std::string CredentialChecksum(std::string_view head);

// True when `credential` ends in the checksum of what stands before.
bool HasValidChecksum(std::string_view credential);

}  // namespace writ
