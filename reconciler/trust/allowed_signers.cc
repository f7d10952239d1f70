#include "reconciler/trust/allowed_signers.h"

#include <algorithm>
#include <utility>

#include "engine/cel/base64.h"
#include "schema/ascii_case.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::uint32_t kMaxLines = 10'000;
constexpr std::string_view kBlank = " \t\r";

std::string_view WithoutBlank(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first);
}

std::string_view TakeWord(std::string_view& rest) {
  rest = WithoutBlank(rest);
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlank));
  rest.remove_prefix(word.size());
  return word;
}

// Up to a blank outside of quotes; nullopt where quotes don't end.
std::optional<std::string_view> TakeOptions(std::string_view& rest) {
  rest = WithoutBlank(rest);
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (c == '\\' && at + 1 < rest.size() && rest[at + 1] == '"') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && kBlank.find(c) != std::string_view::npos) {
      break;
    }
  }
  if (quoted) return std::nullopt;
  const std::string_view options = rest.substr(0, at);
  rest.remove_prefix(at);
  return options;
}

// YYYYMMDD[HHMM[SS]][Z]
std::optional<Timestamp> ParseSignerTime(std::string_view text) {
  if (text.ends_with('Z') || text.ends_with('z')) text.remove_suffix(1);
  const bool digits = std::all_of(text.begin(), text.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || (text.size() != 8 && text.size() != 12 && text.size() != 14)) {
    return std::nullopt;
  }
  std::string padded(text);
  padded.append(14 - padded.size(), '0');
  const auto part = [&](std::size_t at, std::size_t size) {
    return padded.substr(at, size);
  };
  return ParseTimestamp(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" +
                        part(8, 2) + ":" + part(10, 2) + ":" + part(12, 2) +
                        "Z");
}

class LineReader {
 public:
  LineReader(const std::string& file, std::uint32_t line,
             Diagnostics& diagnostics)
      : file_(file), line_(line), diagnostics_(diagnostics) {}

  std::optional<AllowedSigner> Read(std::string_view rest) {
    signer_.line = line_;
    const auto principals = TakePrincipals(rest);
    if (!principals) return std::nullopt;
    signer_.principals = *principals;
    std::string_view ahead = rest;
    const std::string_view word = TakeWord(ahead);
    if (word.empty()) return Refuse("names no key");
    if (!IsKeyType(word)) {
      const auto options = TakeOptions(rest);
      if (!options) return Refuse("has a quote that doesn't end");
      if (!ReadOptions(*options)) return std::nullopt;
    }
    return ReadKey(rest) ? std::optional(signer_) : std::nullopt;
  }

 private:
  std::nullopt_t Refuse(const std::string& what, std::string hint = {}) {
    Diagnostic diagnostic;
    diagnostic.code = "allowed-signers";
    diagnostic.summary = "this line " + what;
    diagnostic.locations = {{file_, line_, 1, 0, ""}};
    diagnostic.hint = std::move(hint);
    diagnostics_.Add(std::move(diagnostic));
    return std::nullopt;
  }

  // Quotes around them let a principal hold blanks.
  std::optional<std::string> TakePrincipals(std::string_view& rest) {
    rest = WithoutBlank(rest);
    if (!rest.starts_with('"')) return std::string(TakeWord(rest));
    const std::size_t end = rest.find('"', 1);
    if (end == std::string_view::npos) {
      return Refuse("has a quote that doesn't end");
    }
    std::string principals(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    if (principals.empty()) return Refuse("names no principal");
    return principals;
  }

  static bool IsKeyType(std::string_view word) {
    return word.starts_with("ssh-") || word.starts_with("ecdsa-") ||
           word.starts_with("sk-");
  }

  bool ReadOptions(std::string_view options) {
    while (!options.empty()) {
      const std::size_t end = options.find_first_of("=,");
      const std::string name = LowerCased(options.substr(0, end));
      std::optional<std::string_view> value;
      options.remove_prefix(std::min(end, options.size()));
      if (options.starts_with('=')) {
        if (!options.starts_with("=\"")) {
          Refuse("gives " + name + " a value without quotes",
                 "write " + name + "=\"…\"");
          return false;
        }
        options.remove_prefix(2);
        value = options.substr(0, options.find('"'));
        options.remove_prefix(std::min(value->size() + 1, options.size()));
      }
      if (!TakeOption(name, value)) return false;
      if (options.empty()) break;
      if (!options.starts_with(',') || options.size() == 1) {
        Refuse("has options that don't follow each other with a comma");
        return false;
      }
      options.remove_prefix(1);
    }
    if (signer_.valid_after && signer_.valid_before &&
        *signer_.valid_after >= *signer_.valid_before) {
      Refuse("is never valid: valid-after isn't before valid-before");
      return false;
    }
    return true;
  }

  bool TakeOption(const std::string& name,
                  std::optional<std::string_view> value) {
    if (name == "cert-authority") {
      Refuse("trusts a certificate authority, which writ doesn't",
             "list the keys themselves");
      return false;
    }
    if (name == "namespaces") {
      if (!value || value->empty() || signer_.namespaces) {
        Refuse("wants namespaces once, with a list: namespaces=\"git\"");
        return false;
      }
      signer_.namespaces = std::string(*value);
      return true;
    }
    if (name == "valid-after")
      return TakeTime(name, value, signer_.valid_after);
    if (name == "valid-before") {
      return TakeTime(name, value, signer_.valid_before);
    }
    Refuse("has an option that isn't known: " + Shown(name),
           "namespaces=, valid-after= and valid-before= are");
    return false;
  }

  bool TakeTime(const std::string& name, std::optional<std::string_view> value,
                std::optional<Timestamp>& time) {
    const auto at = value ? ParseSignerTime(*value) : std::nullopt;
    if (!at || time) {
      Refuse("wants " + name + " once, with a time",
             "write it like " + name + "=\"20261231Z\" or \"202612312359Z\"");
      return false;
    }
    time = at;
    return true;
  }

  bool ReadKey(std::string_view rest) {
    const std::string_view type = TakeWord(rest);
    const std::string_view base64 = TakeWord(rest);
    if (!IsKeyType(type) || base64.empty()) {
      Refuse("names no key",
             "a line is: PRINCIPALS [OPTIONS] KEYTYPE BASE64, as in "
             "\"ana@acme.example ssh-ed25519 AAAA…\"");
      return false;
    }
    const auto blob = engine::cel::DecodeBase64(base64);
    if (!blob) {
      Refuse("has a key that isn't base64");
      return false;
    }
    auto key = ParseSshKey(*blob);
    if (!key) {
      Refuse("has a key that isn't taken: " + key.error().message,
             key.error().remedy);
      return false;
    }
    if (key->type != type) {
      Refuse("says " + std::string(type) + ", but its key is of type " +
             key->type);
      return false;
    }
    signer_.key = std::move(*key);
    return true;
  }

  // What somebody wrote, for a message.
  static std::string Shown(std::string_view text) {
    constexpr std::size_t kShown = 40;
    std::string shown;
    for (const char c : text.substr(0, kShown)) {
      shown += c > ' ' && c <= '~' ? c : '?';
    }
    return shown;
  }

  const std::string& file_;
  const std::uint32_t line_;
  Diagnostics& diagnostics_;
  AllowedSigner signer_;
};

void RefuseFile(const std::string& file, std::string summary,
                Diagnostics& diagnostics) {
  Diagnostic diagnostic;
  diagnostic.code = "allowed-signers";
  diagnostic.summary = std::move(summary);
  diagnostic.locations = {{file, 0, 0, 0, ""}};
  diagnostics.Add(std::move(diagnostic));
}

}  // namespace

AllowedSigners ParseAllowedSigners(std::string_view text, std::string file,
                                   Diagnostics& diagnostics) {
  AllowedSigners allowed;
  allowed.file = std::move(file);
  if (text.size() > kMaxBytes) {
    RefuseFile(allowed.file,
               "the allowed signers are more than " +
                   std::to_string(kMaxBytes) + " bytes",
               diagnostics);
    return allowed;
  }
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    if (line > kMaxLines) {
      RefuseFile(allowed.file,
                 "the allowed signers are more than " +
                     std::to_string(kMaxLines) + " lines",
                 diagnostics);
      return allowed;
    }
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = WithoutBlank(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty() || content.starts_with('#')) continue;
    auto signer = LineReader(allowed.file, line, diagnostics).Read(content);
    if (signer) allowed.signers.push_back(std::move(*signer));
  }
  return allowed;
}

bool MeetsPattern(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool MeetsPatterns(std::string_view text, std::string_view patterns) {
  bool meets = false;
  while (true) {
    const std::size_t end = patterns.find(',');
    std::string_view pattern = patterns.substr(0, end);
    const bool excludes = pattern.starts_with('!');
    if (excludes) pattern.remove_prefix(1);
    if (MeetsPattern(text, pattern)) {
      if (excludes) return false;
      meets = true;
    }
    if (end == std::string_view::npos) return meets;
    patterns.remove_prefix(end + 1);
  }
}

}  // namespace writ::reconciler
