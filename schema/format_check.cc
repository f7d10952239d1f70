#include "schema/format_check.h"

#include <date/tz.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>

#include "schema/check.h"
#include "schema/cron_syntax.h"
#include "schema/network_syntax.h"
#include "schema/resource_id.h"
#include "schema/time.h"
#include "schema/utf8.h"

namespace writ {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) { return IsLower(c) || IsUpper(c) || IsDigit(c); }
bool IsAlphanumericLower(char c) { return IsLower(c) || IsDigit(c); }

template <typename Predicate>
bool All(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool Contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

// Splits at `separator`; calls `each` until it says false.
template <typename Each>
bool EachPart(std::string_view text, char separator, Each each) {
  while (true) {
    const std::size_t at = text.find(separator);
    if (!each(text.substr(0, at))) return false;
    if (at == std::string_view::npos) return true;
    text.remove_prefix(at + 1);
  }
}

bool IsBidi(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

bool IsInvisibleBreak(char32_t c) {
  return c == 0x2028 || c == 0x2029 || c == 0x200B || c == 0x2060 ||
         c == 0xFEFF;
}

template <typename Allowed>
bool AllCodePoints(std::string_view text, Allowed allowed) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] >= 0x20 && text[at] < 0x7F) {  // most text by far
      ++at;
      continue;
    }
    const CodePoint point = DecodeUtf8(text, at);
    if (!point.valid || !allowed(point.value)) return false;
    at += point.size;
  }
  return true;
}

bool IsText(std::string_view text) {
  return AllCodePoints(text, [](char32_t c) {
    return (!IsControl(c) || c == '\n' || c == '\r' || c == '\t') && !IsBidi(c);
  });
}

bool IsLine(std::string_view text) {
  return AllCodePoints(text, [](char32_t c) {
    return !IsControl(c) && !IsBidi(c) && !IsInvisibleBreak(c);
  });
}

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 253 &&
         IsAlphanumericLower(text.front()) &&
         IsAlphanumericLower(text.back()) && All(text, [](char c) {
           return IsAlphanumericLower(c) || c == '-' || c == '.';
         });
}

bool IsSecretKey(std::string_view text) {
  return !text.empty() && text.size() <= 128 && IsUpper(text.front()) &&
         All(text, [](char c) { return IsUpper(c) || IsDigit(c) || c == '_'; });
}

bool IsLabelValue(std::string_view text) {
  if (text.empty()) return true;
  return text.size() <= 63 && IsAlphanumeric(text.front()) &&
         IsAlphanumeric(text.back()) && All(text, [](char c) {
           return IsAlphanumeric(c) || Contains("-_.", c);
         });
}

bool IsDnsSubdomain(std::string_view text) {
  return text.size() <= 253 && EachPart(text, '.', [](std::string_view label) {
           return !label.empty() && IsAlphanumericLower(label.front()) &&
                  IsAlphanumericLower(label.back()) && All(label, [](char c) {
                    return IsAlphanumericLower(c) || c == '-';
                  });
         });
}

bool IsLabelKey(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    if (!IsDnsSubdomain(text.substr(0, slash))) return false;
    text.remove_prefix(slash + 1);
  }
  return !text.empty() && IsLabelValue(text);
}

bool IsTimeZone(std::string_view text) {
  // By far the most common, and the only one that needs no files.
  if (text == "UTC") return true;
  const bool plain = All(
      text, [](char c) { return IsAlphanumeric(c) || Contains("/_+-", c); });
  if (!plain || text.empty() || !IsUpper(text.front())) return false;
  try {
    return date::locate_zone(text) != nullptr;
  } catch (const std::exception&) {
    return false;  // unknown, or no time zone database on this machine
  }
}

bool IsRate(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash > 7) return false;
  const std::string_view count = text.substr(0, slash);
  if (!All(count, IsDigit) || count.front() == '0') return false;
  const std::string_view period = text.substr(slash + 1);
  if (period.empty()) return false;
  std::string written(period);
  if (!IsDigit(period.front())) written.insert(0, "1");
  const std::optional<Duration> duration = ParseDuration(written);
  return duration && duration->count() > 0;
}

bool IsRegex(std::string_view text) {
  if (text.size() > 4096) return false;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);  // T-21: as the gateway has it
  return re2::RE2(re2::StringPiece(text.data(), text.size()), options).ok();
}

bool IsCel(std::string_view text) { return text.size() <= 16384; }

bool IsPath(std::string_view text, bool absolute) {
  if (text.empty() || text.size() > 4096 || !IsLine(text)) return false;
  if (text.starts_with('/') != absolute) return false;
  if (absolute) text.remove_prefix(1);
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.empty()) return false;
  return EachPart(text, '/', [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." &&
           !Contains(part, '\\');
  });
}

bool IsRelativePath(std::string_view text) { return IsPath(text, false); }
bool IsAbsolutePath(std::string_view text) { return IsPath(text, true); }

bool IsGlob(std::string_view text) {
  return IsRelativePath(text) && EachPart(text, '/', [](std::string_view part) {
           return part == "**" || part.find("**") == std::string_view::npos;
         });
}

bool IsEventName(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '*', 'x');
  return IsName(plain);
}

bool IsFieldName(std::string_view text) {
  return !text.empty() && text.size() <= 128 && All(text, [](char c) {
    return IsAlphanumeric(c) || Contains("_-$@", c);
  });
}

bool IsFieldPath(std::string_view text) {
  return text.size() <= 512 && EachPart(text, '.', IsFieldName);
}

// a.b[key].c; a key may hold anything but brackets.
bool IsResourcePath(std::string_view text) {
  if (text.size() > 1024 || !IsLine(text)) return false;
  std::string outside;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ']') return false;
    if (text[at] != '[') {
      if (!outside.empty() && outside.back() == ']' && text[at] != '.') {
        return false;
      }
      outside += text[at++];
      continue;
    }
    const std::size_t close = text.find(']', at);
    if (close == std::string_view::npos || close == at + 1) return false;
    if (outside.empty() || outside.back() == '.') return false;
    outside += ']';
    at = close + 1;
  }
  const std::string_view top =
      std::string_view(outside).substr(0, outside.find_first_of(".]"));
  if (top != "spec" && top != "metadata") return false;
  return EachPart(outside, '.', [](std::string_view part) {
    while (part.ends_with(']')) part.remove_suffix(1);
    return !part.empty() && All(part, [](char c) {
      return IsAlphanumeric(c) || Contains("_-$@/", c);
    });
  });
}

bool IsAddress(std::string_view text) {
  const std::optional<ResourceId> id = ResourceId::Parse(text);
  if (!id) return false;
  const Kind* kind = FindKind(id->kind());
  if (kind == nullptr || !kind->is_resource) return false;
  const bool needs_parent =
      !kind->parent_fields.empty() && kind->parent_in_address;
  return id->parent().empty() != needs_parent &&
         (!needs_parent || IsName(id->parent())) &&
         MatchesFormat(kind->name_format, id->name());
}

bool IsOneOf(Format format, std::string_view text) {
  const auto set = ClosedSetOf(format);
  return std::find(set.begin(), set.end(), text) != set.end();
}

bool IsScope(std::string_view text) { return IsOneOf(Format::kScope, text); }
bool IsHttpMethod(std::string_view text) {
  return IsOneOf(Format::kHttpMethod, text);
}
bool IsPolicyPack(std::string_view text) {
  return IsOneOf(Format::kPolicyPack, text);
}

bool IsWorkspaceId(std::string_view text) {
  return text.size() == 24 &&
         All(text, [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

bool IsFileMode(std::string_view text) {
  return text.size() == 4 && text.front() == '0' &&
         All(text, [](char c) { return c >= '0' && c <= '7'; });
}

bool IsIdentifier(std::string_view text) {
  return !text.empty() && text.size() <= 128 && !IsDigit(text.front()) &&
         All(text, [](char c) { return IsAlphanumeric(c) || c == '_'; });
}

// Segments of a route: T-08's spellings that proxies read differently are out.
bool IsUrlPath(std::string_view text) {
  if (!text.starts_with('/') || text.size() > 1024) return false;
  if (!All(text, [](char c) {
        return IsAlphanumeric(c) || Contains("/-._~!$&'()*+,=:@", c);
      })) {
    return false;
  }
  if (text == "/") return true;
  return EachPart(text.substr(1), '/', [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." &&
           (part == "*" || part == "**" || !Contains(part, '*'));
  });
}

constexpr std::array<FormatRow, 31> kRows = {{
    {Format::kName, "name", "is not a name",
     "lower-case letters, digits, - and ., beginning and ending with a letter "
     "or digit, at most 253 characters",
     "^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$", IsName},
    {Format::kSecretKey, "secret key", "is not a key of a secret",
     "upper-case letters, digits and _, beginning with a letter, at most 128 "
     "characters",
     "^[A-Z][A-Z0-9_]{0,127}$", IsSecretKey},
    {Format::kOwner, "repository name", "is not a repository's name",
     "lower-case letters, digits, - and ., beginning and ending with a letter "
     "or digit, at most 253 characters",
     "^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$", IsName},
    {Format::kLabelKey, "label key", "is not a label's key",
     "at most 63 letters, digits, -, _ and ., with a DNS name and a slash "
     "before it where wanted",
     "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}"
     "[A-Za-z0-9])?$",
     IsLabelKey},
    {Format::kLabelValue, "label value", "is not a label's value",
     "empty, or at most 63 letters, digits, -, _ and .",
     "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$", IsLabelValue},
    {Format::kCidr, "network", "is not an address or network",
     "write it like 10.0.0.0/8, 203.0.113.7 or 2001:db8::/32", "", IsCidr},
    {Format::kUrl, "URL", "is not a URL that may be called",
     "https, or http to this machine; without user, password or fragment",
     "^https?://", IsSafeUrl},
    {Format::kEmail, "e-mail address", "is not an e-mail address",
     "write it like oncall@example.org", "^[^@\\s]+@[^@\\s]+$", IsEmail},
    {Format::kCron, "cron expression", "is not a cron expression",
     "five fields (minute hour day month weekday) like \"0 6 * * 1-5\", or "
     "@daily",
     "", IsCronExpression},
    {Format::kTimeZone, "time zone", "is not a time zone",
     "an IANA name like Europe/Zurich, or UTC", "", IsTimeZone},
    {Format::kRate, "rate", "is not a rate", "write it like 300/15m or 1/s",
     "^[1-9][0-9]{0,6}/[0-9a-z]+$", IsRate},
    {Format::kRegex, "regular expression", "is not an RE2 expression",
     "RE2 syntax, at most 4096 bytes, without look-around or back references",
     "", IsRegex},
    {Format::kCel, "CEL expression", "is too long for an expression",
     "at most 16384 bytes", "", IsCel},
    {Format::kGlob, "path pattern", "is not a pattern of paths",
     "relative to the repository's root, without .. or ./, ** as a whole "
     "segment",
     "", IsGlob},
    {Format::kRelativePath, "relative path",
     "is not a path inside the repository",
     "relative to the repository's root, without .. or ./", "", IsRelativePath},
    {Format::kAbsolutePath, "absolute path", "is not an absolute path",
     "begin it with a slash, without .. or //", "^/", IsAbsolutePath},
    {Format::kEventName, "event name", "is not an event's name or pattern",
     "write it like payment.failed or payment.*",
     "^[a-z0-9*]([-a-z0-9.*]{0,251}[a-z0-9*])?$", IsEventName},
    {Format::kFieldPath, "field path", "is not a path of fields",
     "names with dots between them, like metadata.traceId",
     "^[A-Za-z0-9_$@-]+(\\.[A-Za-z0-9_$@-]+)*$", IsFieldPath},
    {Format::kResourcePath, "resource path", "is not a path in a resource",
     "write it like spec.retention or spec.fields[currency].required",
     "^(spec|metadata)([.\\[].*)?$", IsResourcePath},
    {Format::kAddress, "address", "is not an address",
     "write it like App/order-service or Token/acme/production-ci",
     "^[A-Z][A-Za-z]+/[^/]+(/[^/]+)?$", IsAddress},
    {Format::kScope, "scope", "is not a scope", "", "", IsScope},
    {Format::kHttpMethod, "method", "is not an HTTP method", "", "",
     IsHttpMethod},
    {Format::kWorkspaceId, "workspace id", "is not a workspace id",
     "24 hexadecimal digits in lower case", "^[0-9a-f]{24}$", IsWorkspaceId},
    {Format::kFileMode, "file mode", "is not a file mode",
     "four octal digits between quotes, like \"0600\"", "^0[0-7]{3}$",
     IsFileMode},
    {Format::kEnvName, "variable name", "is not a name of a variable",
     "letters, digits and _, not beginning with a digit",
     "^[A-Za-z_][A-Za-z0-9_]{0,127}$", IsIdentifier},
    {Format::kPolicyPack, "policy pack", "is not a policy pack", "", "",
     IsPolicyPack},
    {Format::kLine, "line of text",
     "has a line break, or a control or bidi character", "one line of text", "",
     IsLine},
    {Format::kFieldName, "field name", "is not a field's name",
     "letters, digits, _, -, $ and @, at most 128 characters",
     "^[A-Za-z0-9_$@-]{1,128}$", IsFieldName},
    {Format::kIdentifier, "identifier", "is not an identifier",
     "letters, digits and _, not beginning with a digit",
     "^[A-Za-z_][A-Za-z0-9_]{0,127}$", IsIdentifier},
    {Format::kHost, "host", "is not a host",
     "a name or an address, without scheme or port", "", IsHost},
    {Format::kUrlPath, "URL path", "is not a path of a route",
     "begin it with a slash; * and ** stand for whole segments", "^/",
     IsUrlPath},
}};

}  // namespace

const FormatRow& RowOf(Format format) {
  // The rows are in the order of the enumeration, which a test holds.
  CHECK(format != Format::kNone);
  const FormatRow& row = kRows[static_cast<std::size_t>(format) - 1];
  CHECK(row.format == format);
  return row;
}

bool MatchesFormat(Format format, std::string_view text) {
  if (format == Format::kNone) return IsText(text);
  return RowOf(format).matches(text);
}

std::span<const std::string_view> ClosedSetOf(Format format) {
  static constexpr std::array<std::string_view, 7> kMethods = {
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  static constexpr std::array<std::string_view, 3> kPacks = {
      "least-privilege", "rotation", "production"};
  if (format == Format::kScope) return AllScopes();
  if (format == Format::kHttpMethod) return kMethods;
  if (format == Format::kPolicyPack) return kPacks;
  return {};
}

}  // namespace writ
