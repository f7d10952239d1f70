#include "reconciler/egress/scrub.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "schema/ascii_case.h"
#include "schema/json.h"
#include "schema/utf8.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kMask = "(not shown)";
// Shorter pieces of an encoding are met by chance.
constexpr std::size_t kShortestPiece = 4;

// Wipes what it held.
class Forms {
 public:
  Forms() = default;
  ~Forms() {
    for (std::string& form : forms_) Wipe(form);
  }
  Forms(const Forms&) = delete;
  Forms& operator=(const Forms&) = delete;

  void Add(std::string form) {
    if (!form.empty()) forms_.push_back(std::move(form));
  }
  void AddPiece(std::string form) {
    if (form.size() >= kShortestPiece) forms_.push_back(std::move(form));
  }
  // The longest first: one form may hold another.
  const std::vector<std::string>& Sorted() {
    std::sort(forms_.begin(), forms_.end(),
              [](const std::string& a, const std::string& b) {
                return a.size() != b.size() ? a.size() > b.size() : a < b;
              });
    return forms_;
  }

 private:
  std::vector<std::string> forms_;
};

std::string Replaced(std::string text, std::string_view from,
                     std::string_view to) {
  std::size_t at = 0;
  while ((at = text.find(from, at)) != std::string::npos) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

std::string UpperCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(c));
  return text;
}

// Only the digits that depend on nothing but the value.
void AddBase64(std::string_view value, Forms& forms) {
  for (std::size_t before = 0; before < 3; ++before) {
    std::string padded = std::string(before, '\0') + std::string(value);
    std::string digits = Base64(padded);
    const std::size_t first = (before * 8 + 5) / 6;
    const std::size_t end = padded.size() * 8 / 6;
    Wipe(padded);
    if (end > first) {
      std::string piece = digits.substr(first, end - first);
      std::string url = piece;
      std::replace(url.begin(), url.end(), '+', '-');
      std::replace(url.begin(), url.end(), '/', '_');
      forms.AddPiece(PercentEncode(piece));
      forms.AddPiece(Replaced(piece, "/", "\\/"));
      forms.AddPiece(std::move(piece));
      forms.AddPiece(std::move(url));
    }
    Wipe(digits);
  }
}

void AddEscaped(std::string_view value, Forms& forms) {
  std::string quoted = QuoteJson(value);
  std::string inner = quoted.substr(1, quoted.size() - 2);
  forms.Add(Replaced(inner, "/", "\\/"));
  // Other writers have short forms of line ends and tabs.
  std::string brief = Replaced(inner, "\\u000a", "\\n");
  brief = Replaced(std::move(brief), "\\u000d", "\\r");
  brief = Replaced(std::move(brief), "\\u0009", "\\t");
  forms.Add(Replaced(brief, "/", "\\/"));
  forms.Add(std::move(brief));
  std::string twice = QuoteJson(inner);
  forms.Add(twice.substr(1, twice.size() - 2));
  std::string html = Replaced(std::string(value), "&", "&amp;");
  html = Replaced(std::move(html), "<", "&lt;");
  html = Replaced(std::move(html), ">", "&gt;");
  forms.Add(Replaced(html, "\"", "&quot;"));
  forms.Add(Replaced(Replaced(html, "\"", "&#34;"), "'", "&#39;"));
  forms.Add(std::move(html));
  forms.Add(std::move(inner));
  Wipe(quoted);
  Wipe(twice);
}

void AddForms(std::string_view value, Forms& forms) {
  forms.Add(std::string(value));
  AddBase64(value, forms);
  std::string hex = HexLower(value);
  forms.AddPiece(UpperCase(hex));
  forms.AddPiece(std::move(hex));
  std::string encoded = PercentEncode(value);
  forms.Add(Replaced(encoded, "%20", "+"));
  std::string lower = encoded;
  for (std::size_t i = 0; i + 2 < lower.size(); ++i) {
    if (encoded[i] != '%') continue;
    lower[i + 1] = LowerCase(lower[i + 1]);
    lower[i + 2] = LowerCase(lower[i + 2]);
  }
  forms.Add(std::move(lower));
  forms.Add(std::move(encoded));
  AddEscaped(value, forms);
}

// A text that was cut may end within a value.
void MaskBrokenEnd(std::string& text, const std::vector<std::string>& forms) {
  for (const std::string& form : forms) {
    const std::size_t most = std::min(form.size() - 1, text.size());
    for (std::size_t size = most; size >= kShortestPiece; --size) {
      if (!text.ends_with(std::string_view(form).substr(0, size))) continue;
      text.replace(text.size() - size, size, kMask);
      return;
    }
  }
}

}  // namespace

std::string Scrub(std::string_view text, const SecretViews& secrets) {
  Forms forms;
  for (const SecretValue& secret : secrets) AddForms(secret.Reveal(), forms);
  std::string shown(text);
  for (const std::string& form : forms.Sorted()) {
    shown = Replaced(std::move(shown), form, kMask);
  }
  MaskBrokenEnd(shown, forms.Sorted());
  return shown;
}

std::string Excerpt(std::string_view text, const SecretViews& secrets,
                    std::size_t limit) {
  std::string shown = Scrub(text, secrets);
  for (char& c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) c = ' ';
  }
  shown.erase(std::unique(shown.begin(), shown.end(),
                          [](char a, char b) { return a == ' ' && b == ' '; }),
              shown.end());
  while (shown.ends_with(' ')) shown.pop_back();
  while (shown.starts_with(' ')) shown.erase(0, 1);
  if (shown.size() > limit) shown = shown.substr(0, limit) + "…";
  return shown;
}

}  // namespace writ::reconciler
