#include "manifests/credential_check.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::manifests {
namespace {

constexpr std::string_view kCode = "raw-credential";
constexpr std::string_view kAllow = "# writ:allow-secret";

bool IsOfWrit(std::string_view family) {
  return family.substr(0, 5) == "vela_" || family.substr(0, 4) == "vlt_" ||
         family.substr(0, 3) == "sk_";
}

std::string SummaryOf(const CredentialFinding& finding) {
  return "this looks like a live credential (" + std::string(finding.family) +
         (finding.checksum_valid ? ", checksum valid)" : ")");
}

std::string HintOf(const CredentialFinding& finding) {
  return std::string(IsOfWrit(finding.family)
                         ? "revoke it (writ token leaked -)"
                         : "revoke it where it was issued") +
         ", then refer to a Secret";
}

enum class FieldUse : std::uint8_t { kAny, kUrl, kSecretRef };

// What stands between two separators; a secret's key is made of words that
// underscores part.
std::string_view Separators(FieldUse use) {
  return use == FieldUse::kSecretRef ? "/?&=:@.-#%+,;_" : "/?&=:@.-#%+,;";
}

class DocumentCheck {
 public:
  DocumentCheck(SourceText& text, Reporter& reporter)
      : text_(text), reporter_(reporter) {}

  void Check(const Value& value, FieldUse use) {
    if (value.IsString()) {
      CheckDecoded(value);
      if (use != FieldUse::kAny) CheckParts(value, use);
    } else if (value.IsList()) {
      for (const Value& item : value.AsList()) Check(item, use);
    } else if (value.IsMap()) {
      for (const Value::Entry& entry : value.AsMap()) {
        Check(entry.value, UseOf(entry.key, use));
      }
    }
  }

 private:
  static FieldUse UseOf(std::string_view key, FieldUse outer) {
    if (key == "secretRef") return FieldUse::kSecretRef;
    return key == "url" ? FieldUse::kUrl : outer;
  }

  // What is written as it is was found in the file's text.
  bool IsWrittenSo(std::string_view secret) const {
    const std::string_view line = secret.substr(0, secret.find('\n'));
    return text_.text().find(line) != std::string_view::npos;
  }

  void CheckDecoded(const Value& value) {
    constexpr std::size_t kShortest = 20;
    const std::string& decoded = value.AsString();
    if (decoded.size() < kShortest) return;
    for (const CredentialFinding& finding : FindCredentials(decoded)) {
      if (IsWrittenSo(decoded.substr(finding.offset, finding.length))) {
        continue;
      }
      HideWhole(value.range());
      reporter_.Error(kCode, value.range(), SummaryOf(finding),
                      HintOf(finding));
    }
  }

  void HideWhole(const SourceRange& range) {
    const std::size_t begin = text_.OffsetOf(range);
    SourceRange end = range;
    end.column += range.length;
    text_.Hide(begin, text_.OffsetOf(end) - begin, 0);
  }

  void CheckParts(const Value& value, FieldUse use) {
    std::string_view rest = value.AsString();
    std::size_t offset = 0;
    while (offset <= value.AsString().size()) {
      const std::size_t end = rest.find_first_of(Separators(use));
      const std::string_view part = rest.substr(0, end);
      if (LooksRandom(part)) {
        RefusePart(value, offset, part.size());
        return;
      }
      if (end == std::string_view::npos) return;
      offset += end + 1;
      rest.remove_prefix(end + 1);
    }
  }

  // Where the part stands in the text; the whole value where it is written
  // with escapes or on several lines.
  std::optional<std::size_t> Find(const Value& value, std::size_t offset,
                                  std::size_t size) const {
    const std::string_view part =
        std::string_view(value.AsString()).substr(offset, size);
    std::size_t begin = text_.OffsetOf(value.range());
    const std::string_view text = text_.text();
    if (begin < text.size() && (text[begin] == '"' || text[begin] == '\'')) {
      ++begin;
    }
    if (text.substr(begin + offset, size) != part) return std::nullopt;
    return begin + offset;
  }

  void RefusePart(const Value& value, std::size_t offset, std::size_t size) {
    constexpr std::size_t kShown = 3;
    const auto found = Find(value, offset, size);
    // Already refused by its shape.
    if (found && text_.IsHidden(*found)) return;
    if (found && IsAllowed(value.range())) return;
    SourceRange range = value.range();
    if (found) {
      text_.Hide(*found, size, kShown);
      range = text_.At(*found, kShown);
    } else {
      HideWhole(range);
    }
    reporter_.Error("random-text", range,
                    "this looks like a secret: " + std::to_string(size) +
                        " characters without a pattern",
                    "refer to a Secret, or end the line with " +
                        std::string(kAllow) + " REASON");
  }

  bool IsAllowed(const SourceRange& range) {
    const std::string_view line = text_.Line(range.line);
    SourceRange end = range;
    end.column += range.length;
    const std::size_t line_begin =
        text_.OffsetOf({range.file, range.line, 1, 0});
    const std::size_t behind = text_.OffsetOf(end) - line_begin;
    const std::size_t at = line.find(kAllow, behind);
    if (at == std::string_view::npos || at == 0 ||
        (line[at - 1] != ' ' && line[at - 1] != '\t')) {
      return false;
    }
    const std::string_view reason = line.substr(at + kAllow.size());
    if (reason.substr(0, 1) == " " &&
        reason.find_first_not_of(" \t") != std::string_view::npos) {
      return true;
    }
    reporter_.Error("allow-secret", text_.At(line_begin + at, kAllow.size()),
                    "writ:allow-secret gives no reason",
                    "say behind it why this is no secret");
    return true;
  }

  SourceText& text_;
  Reporter& reporter_;
};

}  // namespace

std::vector<CredentialFinding> HideCredentials(SourceText& text) {
  auto findings = FindCredentials(text.text());
  for (const CredentialFinding& finding : findings) {
    text.Hide(finding.offset, finding.length, finding.prefix_to_show.size());
  }
  return findings;
}

void ReportCredentials(const std::vector<CredentialFinding>& findings,
                       const SourceText& text, Reporter& reporter) {
  for (const CredentialFinding& finding : findings) {
    reporter.Error(kCode,
                   text.At(finding.offset, finding.prefix_to_show.size()),
                   SummaryOf(finding), HintOf(finding));
  }
}

std::optional<CredentialWords> FindCredentialIn(const Value& value) {
  if (value.IsString()) {
    const auto findings = FindCredentials(value.AsString());
    if (findings.empty()) return std::nullopt;
    return CredentialWords{SummaryOf(findings[0]), HintOf(findings[0])};
  }
  if (!value.IsList()) return std::nullopt;
  for (const Value& item : value.AsList()) {
    if (auto words = FindCredentialIn(item)) return words;
  }
  return std::nullopt;
}

void CheckDocument(const Value& root, SourceText& text, Reporter& reporter) {
  DocumentCheck(text, reporter).Check(root, FieldUse::kAny);
}

}  // namespace writ::manifests
