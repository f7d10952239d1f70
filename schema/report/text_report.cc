#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "schema/report/escape.h"
#include "schema/report/excerpt.h"
#include "schema/report/renderers.h"
#include "schema/utf8.h"

namespace writ {
namespace {

constexpr std::size_t kNarrowestExcerpt = 20;
constexpr std::size_t kFrameWidth = 3;  // " | " behind the line's number

// SGR parameters.
constexpr std::string_view kBold = "1";
constexpr std::string_view kFrame = "34";
constexpr std::string_view kRed = "1;31";
constexpr std::string_view kYellow = "1;33";
constexpr std::string_view kCyan = "1;36";

struct Style {
  std::string_view word;
  std::string_view color;
};

Style StyleOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return {"error", kRed};
    case Severity::kWarning:
      return {"warning", kYellow};
    case Severity::kNote:
      return {"note", kCyan};
  }
  return {"error", kRed};
}

// "file:line:column", as far as it is known.
std::string DescribePlace(const Location& location) {
  std::string place = EscapeTerminal(location.file);
  if (location.line == 0) return place;
  place += ":" + std::to_string(location.line);
  if (location.column > 0) place += ":" + std::to_string(location.column);
  return place;
}

class TextRenderer {
 public:
  explicit TextRenderer(const ReportOptions& options) : options_(options) {}

  void Add(const Diagnostic& diagnostic) {
    if (!out_.empty()) out_ += '\n';
    const Style style = StyleOf(diagnostic.severity);
    Paint(style.color, style.word);
    Paint(kBold, ": " + EscapeTerminal(diagnostic.summary));
    out_ += '\n';
    const std::string gutter(GutterWidth(diagnostic), ' ');
    AddPlaces(diagnostic.locations, gutter);
    if (HasExcerpt(diagnostic)) {
      AddExcerpt(diagnostic, gutter, style);
    } else if (!diagnostic.hint.empty()) {
      Paint(kFrame, gutter + " = ");
      out_ += EscapeTerminal(diagnostic.hint) + "\n";
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  static bool HasExcerpt(const Diagnostic& diagnostic) {
    return !diagnostic.excerpt.empty() && !diagnostic.locations.empty() &&
           diagnostic.locations.front().line > 0;
  }

  // What the line's number takes, two at least: most blocks line up then.
  static std::size_t GutterWidth(const Diagnostic& diagnostic) {
    if (!HasExcerpt(diagnostic)) return 2;
    return std::max<std::size_t>(
        2, std::to_string(diagnostic.locations.front().line).size());
  }

  void AddPlaces(const std::vector<Location>& locations,
                 const std::string& gutter) {
    std::vector<std::string> places;
    std::size_t widest = 0;
    for (const Location& location : locations) {
      places.push_back(DescribePlace(location));
      widest = std::max(widest, DisplayWidth(places.back()));
    }
    for (std::size_t i = 0; i < locations.size(); ++i) {
      if (places[i].empty() && locations[i].label.empty()) continue;
      Paint(kFrame, gutter + "--> ");
      out_ += places[i];
      if (!locations[i].label.empty()) {
        out_.append(widest - DisplayWidth(places[i]) + 3, ' ');
        out_ += EscapeTerminal(locations[i].label);
      }
      out_ += '\n';
    }
  }

  void AddExcerpt(const Diagnostic& diagnostic, const std::string& gutter,
                  const Style& style) {
    const Location& place = diagnostic.locations.front();
    const std::size_t frame = gutter.size() + kFrameWidth;
    const Excerpt excerpt = MakeExcerpt(
        diagnostic.excerpt, place.column, place.length,
        std::max(options_.excerpt_width, frame + kNarrowestExcerpt) - frame);
    const std::string number = std::to_string(place.line);
    Paint(kFrame, gutter + " |");
    out_ += '\n';
    Paint(kFrame,
          std::string(gutter.size() - number.size(), ' ') + number + " |");
    out_ += " " + excerpt.line + "\n";
    if (excerpt.carets == 0 && diagnostic.hint.empty()) return;
    Paint(kFrame, gutter + " |");
    out_.append(1 + excerpt.indent, ' ');
    std::string marks(excerpt.carets, '^');
    if (!diagnostic.hint.empty()) {
      if (!marks.empty()) marks += ' ';
      marks += EscapeTerminal(diagnostic.hint);
    }
    Paint(style.color, marks);
    out_ += '\n';
  }

  void Paint(std::string_view color, std::string_view text) {
    if (!options_.color) {
      out_ += text;
      return;
    }
    out_.append("\x1b[").append(color).append("m");
    out_.append(text).append("\x1b[0m");
  }

  const ReportOptions& options_;
  std::string out_;
};

}  // namespace

std::string RenderText(const Diagnostics& diagnostics,
                       const ReportOptions& options) {
  TextRenderer renderer(options);
  for (const Diagnostic& item : diagnostics.items()) renderer.Add(item);
  return renderer.Take();
}

}  // namespace writ
