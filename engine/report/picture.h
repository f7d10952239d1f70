// What changes, what it needs and what depends on it, as a drawing: layers from
// left (needed) to right (depends), the same for the same plan.
//
//   layer 0         layer 1                layer 2
//   [App/shop] ──┬─ [EventSchema/…] ────── [NotificationRule/…]
//                └─ [Destination/…] ──────┘
//
// Only changed resources and their neighbours are drawn, and of those no more
// than fit a page: the most dangerous first. Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "schema/resource_id.h"

namespace writ::engine {

struct PictureNode {
  ResourceId id;
  const Change* change = nullptr;  // null: it stays as it is
  std::size_t number = 0;          // of the change, in reading order
  bool depends = false;            // unchanged, and depends on what changes
  std::size_t layer = 0;
  std::size_t row = 0;
};

struct PictureEdge {
  std::size_t from = 0;  // what is needed
  std::size_t to = 0;    // what depends on it
};

struct Picture {
  std::vector<PictureNode> nodes;
  std::vector<PictureEdge> edges;
  std::size_t changes_left_out = 0;
  std::size_t neighbours_left_out = 0;
  std::size_t unlinked = 0;  // changes that nothing drawn is linked with
};

struct PictureLimits {
  std::size_t changes = 40;
  std::size_t nodes = 90;
};

Picture LayOut(const Plan& plan, const PictureLimits& limits = {});

// Inline SVG without styles of its own: classes "node", a tone, "hit", "link",
// "hot". A changed node links to "#c<number>". Empty: nothing to draw.
std::string RenderSvg(const Picture& picture);

// "green", "amber", "red", "blue": how a change looks everywhere in the page.
std::string_view ToneOf(const Change& change);

}  // namespace writ::engine
