#include "schema/credential/credential_scan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "schema/credential/checksum.h"
#include "schema/utf8.h"

namespace writ {
namespace {

constexpr std::size_t kBodyShown = 3;
constexpr std::size_t kTokenBody = 48;

// Sets of characters, as bits.
constexpr std::uint8_t kDigit = 1;
constexpr std::uint8_t kUpper = 2;
constexpr std::uint8_t kLower = 4;
constexpr std::uint8_t kUnderscore = 8;
constexpr std::uint8_t kDash = 16;
constexpr std::uint8_t kDot = 32;
constexpr std::uint8_t kSlash = 64;
constexpr std::uint8_t kPlusEquals = 128;
constexpr std::uint8_t kAlnum = kDigit | kUpper | kLower;
constexpr std::uint8_t kUrlSafe = kAlnum | kUnderscore | kDash;

constexpr std::uint8_t ClassOf(char c) {
  if (c >= '0' && c <= '9') return kDigit;
  if (c >= 'A' && c <= 'Z') return kUpper;
  if (c >= 'a' && c <= 'z') return kLower;
  if (c == '_') return kUnderscore;
  if (c == '-') return kDash;
  if (c == '.') return kDot;
  if (c == '/') return kSlash;
  return c == '+' || c == '=' ? kPlusEquals : 0;
}

constexpr std::array<std::uint8_t, 256> MakeClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    classes[i] = ClassOf(static_cast<char>(static_cast<unsigned char>(i)));
  }
  return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = MakeClasses();

bool IsIn(char c, std::uint8_t set) {
  return (kClasses[static_cast<unsigned char>(c)] & set) != 0;
}

enum class Rule : std::uint8_t {
  kAtLeast,   // as many of the body's characters, or more
  kExactly,   // as many, and then something else
  kChecksum,  // at least as many; 48 may end in a checksum
};

struct Family {
  std::string_view prefix;
  std::string_view name;
  std::uint8_t body;  // set of characters
  Rule rule = Rule::kAtLeast;
  std::size_t size = 0;
};

constexpr std::string_view kGithub = "GitHub token";
constexpr std::string_view kSlack = "Slack token";
constexpr std::string_view kSlackHook = "Slack webhook";
constexpr std::string_view kDiscordHook = "Discord webhook";
constexpr std::string_view kDoppler = "Doppler token";
constexpr std::string_view kAws = "AWS access key id";

constexpr std::array kFamilies = {
    Family{"vela_cs_", "vela_cs_", kAlnum, Rule::kChecksum, 40},
    Family{"vela_live_", "vela_live_", kAlnum, Rule::kChecksum, 40},
    Family{"vlt_live_", "vlt_live_", kAlnum, Rule::kChecksum, 40},
    Family{"vlt_acct_", "vlt_acct_", kAlnum, Rule::kChecksum, 40},
    Family{"sk_live_", "sk_live_", kAlnum, Rule::kChecksum, 24},
    Family{"sk_test_", "sk_test_", kAlnum, Rule::kChecksum, 24},
    Family{"AKIA", kAws, kDigit | kUpper, Rule::kExactly, 16},
    Family{"ASIA", kAws, kDigit | kUpper, Rule::kExactly, 16},
    Family{"AIza", "Google API key", kUrlSafe, Rule::kExactly, 35},
    Family{"ghp_", kGithub, kAlnum, Rule::kAtLeast, 36},
    Family{"gho_", kGithub, kAlnum, Rule::kAtLeast, 36},
    Family{"ghu_", kGithub, kAlnum, Rule::kAtLeast, 36},
    Family{"ghs_", kGithub, kAlnum, Rule::kAtLeast, 36},
    Family{"ghr_", kGithub, kAlnum, Rule::kAtLeast, 36},
    Family{"github_pat_", kGithub, kAlnum | kUnderscore, Rule::kAtLeast, 40},
    Family{"glpat-", "GitLab token", kUrlSafe | kDot, Rule::kAtLeast, 20},
    Family{"xoxa-", kSlack, kAlnum | kDash, Rule::kAtLeast, 20},
    Family{"xoxb-", kSlack, kAlnum | kDash, Rule::kAtLeast, 20},
    Family{"xoxe-", kSlack, kAlnum | kDash, Rule::kAtLeast, 20},
    Family{"xoxp-", kSlack, kAlnum | kDash, Rule::kAtLeast, 20},
    Family{"xoxr-", kSlack, kAlnum | kDash, Rule::kAtLeast, 20},
    Family{"xoxs-", kSlack, kAlnum | kDash, Rule::kAtLeast, 20},
    Family{"xapp-", kSlack, kAlnum | kDash, Rule::kAtLeast, 20},
    Family{"hooks.slack.com/services/", kSlackHook, kAlnum | kSlash,
           Rule::kAtLeast, 24},
    Family{"hooks.slack.com/workflows/", kSlackHook, kAlnum | kSlash,
           Rule::kAtLeast, 24},
    Family{"hooks.slack.com/triggers/", kSlackHook, kAlnum | kSlash,
           Rule::kAtLeast, 24},
    Family{"discord.com/api/webhooks/", kDiscordHook, kUrlSafe | kSlash,
           Rule::kAtLeast, 60},
    Family{"discordapp.com/api/webhooks/", kDiscordHook, kUrlSafe | kSlash,
           Rule::kAtLeast, 60},
    Family{"hvs.", "Vault token", kUrlSafe, Rule::kAtLeast, 24},
    Family{"dp.st.", kDoppler, kUrlSafe | kDot, Rule::kAtLeast, 40},
    Family{"dp.pt.", kDoppler, kUrlSafe | kDot, Rule::kAtLeast, 40},
    Family{"dp.ct.", kDoppler, kUrlSafe | kDot, Rule::kAtLeast, 40},
    Family{"dp.sa.", kDoppler, kUrlSafe | kDot, Rule::kAtLeast, 40},
    Family{"npm_", "npm token", kAlnum, Rule::kAtLeast, 36},
    Family{"whsec_", "webhook signing secret", kAlnum | kSlash | kPlusEquals,
           Rule::kAtLeast, 24},
};

constexpr std::string_view kPemStart = "-----BEGIN ";

// One bit for each pair of characters that begins a credential.
class FirstPairs {
 public:
  constexpr FirstPairs() {
    for (const Family& family : kFamilies) {
      Add(family.prefix[0], family.prefix[1]);
    }
    Add(kPemStart[0], kPemStart[1]);
  }

  bool Holds(char a, char b) const {
    const std::size_t pair = PairOf(a, b);
    return (bits_[pair / 64] >> (pair % 64) & 1) != 0;
  }

 private:
  static constexpr std::size_t PairOf(char a, char b) {
    return std::size_t{static_cast<unsigned char>(a)} * 256 +
           static_cast<unsigned char>(b);
  }
  constexpr void Add(char a, char b) {
    const std::size_t pair = PairOf(a, b);
    bits_[pair / 64] |= std::uint64_t{1} << (pair % 64);
  }

  std::array<std::uint64_t, 1024> bits_{};
};

constexpr FirstPairs kFirstPairs;

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::size_t BodySize(std::string_view text, std::uint8_t set) {
  std::size_t size = 0;
  while (size < text.size() && IsIn(text[size], set)) ++size;
  return size;
}

// Prefixes of four characters could be the end of another word.
bool NeedsWordStart(const Family& family) {
  return family.prefix.size() < 6 || StartsWith(family.prefix, "sk_");
}

std::optional<CredentialFinding> MatchFamily(const Family& family,
                                             std::string_view text,
                                             std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (!StartsWith(rest, family.prefix)) return std::nullopt;
  if (at > 0 && NeedsWordStart(family) && IsIn(text[at - 1], kAlnum)) {
    return std::nullopt;
  }
  const std::size_t prefix = family.prefix.size();
  // What has to end after `size` is not followed further: a text of nothing
  // but prefixes would take quadratic time.
  const bool exact = family.rule == Rule::kExactly;
  const std::size_t body = BodySize(
      rest.substr(prefix, exact ? family.size + 1 : std::string_view::npos),
      family.body);
  if (body < family.size) return std::nullopt;
  if (exact && body != family.size) return std::nullopt;
  const std::string_view whole = rest.substr(0, prefix + body);
  CredentialFinding finding;
  finding.offset = at;
  finding.length = whole.size();
  finding.family = family.name;
  finding.checksum_valid = family.rule == Rule::kChecksum &&
                           body == kTokenBody && HasValidChecksum(whole);
  finding.prefix_to_show = std::string(whole.substr(0, prefix + kBodyShown));
  return finding;
}

// "-----BEGIN RSA PRIVATE KEY-----" to the dashes behind its END, or to the end
// of the text where that is missing.
std::optional<CredentialFinding> MatchPem(std::string_view text,
                                          std::size_t at) {
  constexpr std::size_t kLongestLabel = 60;
  const std::string_view rest = text.substr(at);
  if (!StartsWith(rest, kPemStart)) return std::nullopt;
  const std::string_view label = rest.substr(kPemStart.size(), kLongestLabel);
  const std::size_t dashes = label.find("-----");
  if (dashes == std::string_view::npos ||
      label.substr(0, dashes).find("PRIVATE KEY") == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t header = kPemStart.size() + dashes + 5;
  const std::size_t end = rest.find("-----END ", header);
  std::size_t length = rest.size();
  if (end != std::string_view::npos) {
    const std::size_t tail = rest.find("-----", end + 9);
    if (tail != std::string_view::npos) length = tail + 5;
  }
  CredentialFinding finding;
  finding.offset = at;
  finding.length = length;
  finding.family = "private key";
  finding.prefix_to_show = std::string(rest.substr(0, header));
  return finding;
}

// REQUIRES: a pair of characters at `at`.
std::optional<CredentialFinding> MatchAt(std::string_view text,
                                         std::size_t at) {
  if (text[at] == '-') return MatchPem(text, at);
  for (const Family& family : kFamilies) {
    // Before the call: words like "when" begin as some family does.
    if (family.prefix[1] != text[at + 1] || family.prefix[0] != text[at]) {
      continue;
    }
    if (auto finding = MatchFamily(family, text, at)) return finding;
  }
  return std::nullopt;
}

// Words of base64 this long and this mixed are keys, not names or digests: a
// digest in hexadecimal has at most 4 bits a character.
void AddRandomWords(std::string_view line,
                    std::vector<CredentialFinding>& findings) {
  constexpr std::uint8_t kBase64 = kUrlSafe | kSlash | kPlusEquals;
  constexpr std::size_t kShortest = 40;
  constexpr double kFewestBits = 4.3;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t size = BodySize(line.substr(at), kBase64);
    const std::string_view word = line.substr(at, size);
    if (size >= kShortest && BitsPerCharacter(word) > kFewestBits) {
      CredentialFinding finding;
      finding.offset = at;
      finding.length = size;
      finding.prefix_to_show = std::string(word.substr(0, kBodyShown));
      findings.push_back(std::move(finding));
    }
    at += std::max<std::size_t>(size, 1);
  }
}

// Blanks for what is cut out, one a code point; line ends stay.
std::string Blanks(std::string_view text) {
  std::string blanks;
  for (std::size_t at = 0; at < text.size();) {
    blanks += text[at] == '\n' || text[at] == '\r' ? text[at] : ' ';
    at += DecodeUtf8(text, at).size;
  }
  return blanks;
}

bool CutOut(const std::vector<CredentialFinding>& findings, std::string& line) {
  for (auto finding = findings.rbegin(); finding != findings.rend();
       ++finding) {
    const std::string_view secret =
        std::string_view(line).substr(finding->offset, finding->length);
    const std::size_t shown = finding->prefix_to_show.size();
    std::string kept = finding->prefix_to_show;
    if (secret.size() > shown) {
      // The ellipsis takes the column of the first character cut out.
      const bool line_end = secret[shown] == '\n' || secret[shown] == '\r';
      kept += "…" + Blanks(secret.substr(shown)).substr(line_end ? 0 : 1);
    }
    line.replace(finding->offset, finding->length, kept);
  }
  return !findings.empty();
}

}  // namespace

std::vector<CredentialFinding> FindCredentials(std::string_view text) {
  std::vector<CredentialFinding> findings;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    if (!kFirstPairs.Holds(text[at], text[at + 1])) continue;
    std::optional<CredentialFinding> finding = MatchAt(text, at);
    if (!finding) continue;
    at += finding->length - 1;
    findings.push_back(*std::move(finding));
  }
  return findings;
}

std::string MaskCredentials(std::string line) {
  bool cut = CutOut(FindCredentials(line), line);
  std::vector<CredentialFinding> words;
  AddRandomWords(line, words);
  cut = CutOut(words, line) || cut;
  if (!cut) return line;
  if (line.back() != ' ') line += ' ';
  return line + "(not shown)";
}

std::string ShortenCredentials(std::string text) {
  const auto findings = FindCredentials(text);
  for (auto finding = findings.rbegin(); finding != findings.rend();
       ++finding) {
    text.replace(finding->offset, finding->length,
                 finding->prefix_to_show + "…");
  }
  return text;
}

double BitsPerCharacter(std::string_view text) {
  if (text.empty()) return 0;
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  const auto size = static_cast<double>(text.size());
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / size;
    bits -= share * std::log2(share);
  }
  return bits;
}

bool LooksRandom(std::string_view text) {
  constexpr std::size_t kShortest = 20;
  constexpr double kFewestBits = 3.5;
  return text.size() >= kShortest && BitsPerCharacter(text) > kFewestBits;
}

}  // namespace writ
