#include "manifests/format/key_order.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace writ::manifests::format {
namespace {

constexpr std::array<std::string_view, 5> kOrder = {
    "text apiVersion", "text kind", "text metadata", "text lifecycle",
    "text spec"};

std::size_t RankOf(const TopEntry& entry) {
  const auto* found =
      std::find(kOrder.begin(), kOrder.end(), entry.tokens.front());
  return static_cast<std::size_t>(found - kOrder.begin());
}

bool IsManifest(const std::vector<TopEntry>& entries) {
  std::array<int, kOrder.size() + 1> count{};
  for (const TopEntry& entry : entries) ++count.at(RankOf(entry));
  return count[0] == 1 && count[1] == 1 &&
         std::all_of(count.begin(), count.end() - 1,
                     [](int n) { return n <= 1; });
}

std::string_view Gap(const FormattedDocument& document, std::size_t i) {
  const TopEntry& entry = document.entries[i];
  return std::string_view(document.text)
      .substr(entry.end, document.entries[i + 1].begin - entry.end);
}

bool HasCommentBetween(const FormattedDocument& document) {
  for (std::size_t i = 0; i + 1 < document.entries.size(); ++i) {
    if (Gap(document, i).find('#') != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

void OrderKeys(FormattedDocument& document) {
  const std::vector<TopEntry>& entries = document.entries;
  if (document.has_anchors || !IsManifest(entries)) return;
  const auto by_rank = [](const TopEntry& a, const TopEntry& b) {
    return RankOf(a) < RankOf(b);
  };
  const auto first_wrong =
      std::is_sorted_until(entries.begin(), entries.end(), by_rank);
  if (first_wrong == entries.end() || HasCommentBetween(document)) return;

  std::vector<TopEntry> ordered = entries;
  std::stable_sort(ordered.begin(), ordered.end(), by_rank);
  const std::string& old = document.text;
  std::string text = old.substr(0, entries.front().begin);
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const TopEntry& entry = ordered[i];
    text.append(old, entry.begin, entry.end - entry.begin);
    if (i + 1 < ordered.size()) text += Gap(document, i);
  }
  text.append(old, entries.back().end);
  document.changes.push_back({first_wrong->line, FormatRule::kKeyOrder});
  document.text = std::move(text);
}

}  // namespace writ::manifests::format
