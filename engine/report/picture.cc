#include "engine/report/picture.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr int kNodeWidth = 190;
constexpr int kNodeHeight = 38;
constexpr int kLayerGap = 80;
constexpr int kRowGap = 14;
constexpr int kMargin = 6;
constexpr std::size_t kNameShown = 24;  // characters
constexpr int kSweeps = 4;

class Drawing {
 public:
  Drawing(const Plan& plan, const PictureLimits& limits)
      : plan_(plan), limits_(limits) {}

  Picture Make() {
    AddChanges();
    AddNeighbours();
    DropUnlinked();
    SetLayers();
    SetRows();
    return std::move(picture_);
  }

 private:
  std::size_t Add(const ResourceId& id) {
    const auto [found, fresh] = numbers_.emplace(id, picture_.nodes.size());
    if (fresh) {
      PictureNode node;
      node.id = id;
      picture_.nodes.push_back(std::move(node));
    }
    return found->second;
  }

  void AddChanges() {
    const ReadingOrder order = ReadingOrderOf(plan_);
    std::size_t number = 0;
    for (const auto* changes : {&order.head, &order.rest}) {
      for (const Change* change : *changes) {
        ++number;
        if (picture_.nodes.size() >= limits_.changes) {
          ++picture_.changes_left_out;
          left_out_.insert(change->id);
          continue;
        }
        PictureNode& node = picture_.nodes[Add(change->id)];
        if (node.change != nullptr) continue;
        node.change = change;
        node.number = number;
      }
    }
  }

  void Link(std::size_t from, std::size_t to) {
    if (from != to && edges_.insert({from, to}).second) {
      picture_.edges.push_back({from, to});
    }
  }

  // A neighbour that isn't there yet, while there is room.
  const std::size_t* Neighbour(const ResourceId& id) {
    const auto found = numbers_.find(id);
    if (found != numbers_.end()) return &found->second;
    if (picture_.nodes.size() >= limits_.nodes || left_out_.contains(id)) {
      if (!left_out_.contains(id) && passed_over_.insert(id).second) {
        ++picture_.neighbours_left_out;
      }
      return nullptr;
    }
    Add(id);
    return &numbers_.find(id)->second;
  }

  void AddNeighbours() {
    const std::size_t changed = picture_.nodes.size();
    // Who is hit matters more than what is needed.
    for (std::size_t i = 0; i < changed; ++i) {
      const Change& change = *picture_.nodes[i].change;
      for (const ResourceId& dependent : change.dependents) {
        const std::size_t* number = Neighbour(dependent);
        if (number == nullptr) continue;
        PictureNode& node = picture_.nodes[*number];
        node.depends = node.change == nullptr;
        Link(i, *number);
      }
    }
    for (std::size_t i = 0; i < changed; ++i) {
      const Change& change = *picture_.nodes[i].change;
      for (const Touched& needed : change.refers_to) {
        // Everything belongs to a workspace: lines to it would say nothing.
        if (needed.id.kind() == "Workspace" && !numbers_.contains(needed.id)) {
          continue;
        }
        const std::size_t* number = Neighbour(needed.id);
        if (number != nullptr) Link(*number, i);
      }
    }
    std::sort(picture_.edges.begin(), picture_.edges.end(),
              [](const PictureEdge& a, const PictureEdge& b) {
                return std::pair(a.from, a.to) < std::pair(b.from, b.to);
              });
  }

  void DropUnlinked() {
    std::vector<bool> linked(picture_.nodes.size(), false);
    for (const PictureEdge& edge : picture_.edges) {
      linked[edge.from] = linked[edge.to] = true;
    }
    std::vector<std::size_t> places(picture_.nodes.size());
    std::vector<PictureNode> kept;
    for (std::size_t i = 0; i < picture_.nodes.size(); ++i) {
      places[i] = kept.size();
      if (linked[i]) {
        kept.push_back(std::move(picture_.nodes[i]));
      } else {
        ++picture_.unlinked;
      }
    }
    picture_.nodes = std::move(kept);
    for (PictureEdge& edge : picture_.edges) {
      edge = {places[edge.from], places[edge.to]};
    }
  }

  // The longest way from something that needs nothing. Rounds are bounded: a
  // plan that was read back may hold a cycle.
  void SetLayers() {
    for (std::size_t round = 0; round < picture_.nodes.size(); ++round) {
      bool moved = false;
      for (const PictureEdge& edge : picture_.edges) {
        const std::size_t least = picture_.nodes[edge.from].layer + 1;
        PictureNode& to = picture_.nodes[edge.to];
        if (to.layer >= least || least >= kMostLayers) continue;
        to.layer = least;
        moved = true;
      }
      if (!moved) break;
    }
    // What needs nothing stands just before what needs it.
    std::vector<std::size_t> nearest(picture_.nodes.size(), kMostLayers);
    std::vector<bool> needs(picture_.nodes.size(), false);
    for (const PictureEdge& edge : picture_.edges) {
      nearest[edge.from] =
          std::min(nearest[edge.from], picture_.nodes[edge.to].layer);
      needs[edge.to] = true;
    }
    for (std::size_t i = 0; i < picture_.nodes.size(); ++i) {
      if (!needs[i] && nearest[i] < kMostLayers && nearest[i] > 0) {
        picture_.nodes[i].layer = nearest[i] - 1;
      }
    }
  }

  void SetRows() {
    std::map<std::size_t, std::vector<std::size_t>> layers;
    for (std::size_t i = 0; i < picture_.nodes.size(); ++i) {
      layers[picture_.nodes[i].layer].push_back(i);
    }
    std::vector<std::vector<std::size_t>> near(picture_.nodes.size());
    for (const PictureEdge& edge : picture_.edges) {
      near[edge.from].push_back(edge.to);
      near[edge.to].push_back(edge.from);
    }
    for (auto& [layer, members] : layers) {
      std::sort(members.begin(), members.end(),
                [&](std::size_t a, std::size_t b) {
                  return picture_.nodes[a].id < picture_.nodes[b].id;
                });
      Number(members);
    }
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      for (auto& [layer, members] : layers) SortByNeighbours(near, members);
    }
  }

  void Number(const std::vector<std::size_t>& members) {
    for (std::size_t row = 0; row < members.size(); ++row) {
      picture_.nodes[members[row]].row = row;
    }
  }

  // By the mean of the rows that a node is linked with: fewer lines cross.
  void SortByNeighbours(const std::vector<std::vector<std::size_t>>& near,
                        std::vector<std::size_t>& members) {
    std::map<std::size_t, double> centers;
    for (const std::size_t i : members) {
      double sum = 0;
      for (const std::size_t j : near[i]) {
        sum += static_cast<double>(picture_.nodes[j].row);
      }
      centers[i] = near[i].empty() ? static_cast<double>(picture_.nodes[i].row)
                                   : sum / static_cast<double>(near[i].size());
    }
    std::stable_sort(
        members.begin(), members.end(),
        [&](std::size_t a, std::size_t b) { return centers[a] < centers[b]; });
    Number(members);
  }

  static constexpr std::size_t kMostLayers = 12;

  const Plan& plan_;
  const PictureLimits limits_;
  Picture picture_;
  std::map<ResourceId, std::size_t> numbers_;
  std::set<ResourceId> left_out_;
  std::set<ResourceId> passed_over_;
  std::set<std::pair<std::size_t, std::size_t>> edges_;
};

std::string Cut(const std::string& text) {
  std::string shown;
  std::size_t count = 0;
  for (const char c : text) {
    const bool starts = (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    if (starts && ++count > kNameShown) return shown + "…";
    shown += c;
  }
  return shown;
}

struct Spot {
  int x = 0;
  int y = 0;
};

// Layers are centred on the tallest.
std::vector<Spot> SpotsOf(const Picture& picture, Spot& size) {
  std::map<std::size_t, std::size_t> counts;
  for (const PictureNode& node : picture.nodes) ++counts[node.layer];
  std::map<std::size_t, int> columns;
  int column = 0;
  std::size_t tallest = 0;
  for (const auto& [layer, count] : counts) {
    columns[layer] = column++;
    tallest = std::max(tallest, count);
  }
  const auto height = [](std::size_t rows) {
    return static_cast<int>(rows) * (kNodeHeight + kRowGap) - kRowGap;
  };
  std::vector<Spot> spots;
  for (const PictureNode& node : picture.nodes) {
    const int top = (height(tallest) - height(counts[node.layer])) / 2;
    spots.push_back(
        {kMargin + columns[node.layer] * (kNodeWidth + kLayerGap),
         kMargin + top + static_cast<int>(node.row) * (kNodeHeight + kRowGap)});
  }
  size = {2 * kMargin + column * (kNodeWidth + kLayerGap) - kLayerGap,
          2 * kMargin + height(tallest)};
  return spots;
}

std::string Number(const char* name, int value) {
  return std::string(" ") + name + "=\"" + std::to_string(value) + "\"";
}

std::string DrawEdge(const Picture& picture, const PictureEdge& edge,
                     const std::vector<Spot>& spots) {
  const Spot& from = spots[edge.from];
  const Spot& to = spots[edge.to];
  const int x1 = from.x + kNodeWidth;
  const int y1 = from.y + kNodeHeight / 2;
  const int y2 = to.y + kNodeHeight / 2;
  const int bend = std::max(kLayerGap / 2, std::abs(to.x - x1) / 2);
  const bool hot = picture.nodes[edge.from].change != nullptr;
  return "<path class=\"link" + std::string(hot ? " hot" : "") + "\" d=\"M" +
         std::to_string(x1) + " " + std::to_string(y1) + "C" +
         std::to_string(x1 + bend) + " " + std::to_string(y1) + " " +
         std::to_string(to.x - bend) + " " + std::to_string(y2) + " " +
         std::to_string(to.x) + " " + std::to_string(y2) + "\"/>\n";
}

std::string DrawNode(const PictureNode& node, const Spot& spot) {
  const std::string address = EscapeHtml(EscapeTerminal(node.id.address()));
  std::string kind(node.id.kind());
  if (!node.id.parent().empty()) kind += " · " + std::string(node.id.parent());
  const std::string sign = node.change == nullptr
                               ? ""
                               : std::string(Symbol(node.change->action)) + " ";
  std::string what = "unchanged";
  std::string tone = node.depends ? " hit" : "";
  if (node.depends) what = "depends on what changes";
  if (node.change != nullptr) {
    what = std::string(Name(node.change->action));
    tone = " " + std::string(ToneOf(*node.change));
  }
  std::string out =
      "<g class=\"node" + tone + "\"><title>" + address + ": " + what +
      "</title><rect" + Number("x", spot.x) + Number("y", spot.y) +
      Number("width", kNodeWidth) + Number("height", kNodeHeight) +
      " rx=\"7\"/><text" + Number("x", spot.x + 9) + Number("y", spot.y + 15) +
      " class=\"kind\">" + EscapeHtml(Cut(EscapeTerminal(kind))) +
      "</text><text" + Number("x", spot.x + 9) + Number("y", spot.y + 30) +
      ">" +
      EscapeHtml(sign + Cut(EscapeTerminal(std::string(node.id.name())))) +
      "</text></g>";
  if (node.change != nullptr) {
    out = "<a href=\"#c" + std::to_string(node.number) + "\">" + out + "</a>";
  }
  return out + "\n";
}

}  // namespace

std::string_view ToneOf(const Change& change) {
  switch (RankOf(change)) {
    case Rank::kDelete:
    case Rank::kReplace:
    case Rank::kBreaking:
    case Rank::kDenied:
      return "red";
    case Rank::kGuard:
      return IsUnsafe(change) ? "red" : "amber";
    case Rank::kAlarm:
    case Rank::kRecipient:
    case Rank::kRotate:
    case Rank::kFinding:
      return "amber";
    case Rank::kRest:
      break;
  }
  return change.action == Action::kCreate ? "green" : "blue";
}

Picture LayOut(const Plan& plan, const PictureLimits& limits) {
  return Drawing(plan, limits).Make();
}

std::string RenderSvg(const Picture& picture) {
  if (picture.edges.empty()) return {};
  Spot size;
  const std::vector<Spot> spots = SpotsOf(picture, size);
  std::string out =
      "<svg role=\"img\" aria-label=\"What changes, what it "
      "needs and what depends on it\"" +
      Number("width", size.x) + Number("height", size.y) + " viewBox=\"0 0 " +
      std::to_string(size.x) + " " + std::to_string(size.y) + "\">\n";
  for (const PictureEdge& edge : picture.edges) {
    out += DrawEdge(picture, edge, spots);
  }
  for (std::size_t i = 0; i < picture.nodes.size(); ++i) {
    out += DrawNode(picture.nodes[i], spots[i]);
  }
  return out + "</svg>\n";
}

}  // namespace writ::engine
