#include "schema/event/event_batch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "schema/event/iso_date.h"
#include "schema/json.h"
#include "schema/utf8.h"

namespace writ {
namespace {

constexpr std::size_t kMaxNameBytes = 253;
constexpr std::size_t kMaxCustomerCharacters = 255;
constexpr std::size_t kMaxOwnIdCharacters = 64;
constexpr std::size_t kMaxProblems = 100;
// {"events": [ … ]} stands around an event; a little more, so that it is the
// event that is named where one nests too deep.
constexpr int kWrapping = 8;

// Quotes, colon and comma of a member; a rough width of what is no string.
constexpr std::size_t kMemberBytes = 3;
constexpr std::size_t kScalarBytes = 4;

bool IsEventName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') ||
                  std::string_view("._-:/").find(c) != std::string_view::npos;
         });
}

bool IsLevel(std::string_view level) {
  static constexpr std::array<std::string_view, 4> kLevels = {
      "info", "warning", "error", "success"};
  return std::find(kLevels.begin(), kLevels.end(), level) != kLevels.end();
}

bool IsShortText(std::string_view text, std::size_t most) {
  return !text.empty() && CountCodePoints(text) <= most;
}

bool IsOwnId(std::string_view id) {
  return IsShortText(id, kMaxOwnIdCharacters) &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
         });
}

std::size_t SizeOf(const JsonTree& tree, std::uint32_t node) {
  std::size_t size = 0;
  for (std::uint32_t at = node; at < tree[node].end; ++at) {
    size += kScalarBytes + tree[at].text.size();
    if (at != node) size += tree[at].key.size() + kMemberBytes;
  }
  return size;
}

int DepthOf(const JsonTree& tree, std::uint32_t node) {
  int deepest = 1;
  for (std::uint32_t at = node + 1; at < tree[node].end; at = tree[at].end) {
    const bool scalar = tree[at].end == at + 1 &&
                        tree[at].type != JsonType::kArray &&
                        tree[at].type != JsonType::kObject;
    if (!scalar) deepest = std::max(deepest, 1 + DepthOf(tree, at));
  }
  return deepest;
}

JsonLimits BodyLimits() {
  JsonLimits limits;
  limits.bytes = kMaxBatchBytes;
  limits.depth = kMaxEventDepth + kWrapping;
  return limits;
}

// One event's members, one after the other.
class EventReader {
 public:
  EventReader(const JsonTree& tree, ParsedEvent& event)
      : tree_(tree), event_(event) {}

  // What is wrong with the member, or nothing.
  std::string_view Read(std::uint32_t at) {
    const JsonNode& member = tree_[at];
    if (member.key == "event") return ReadName(member);
    if (member.key == "data") return ReadData(at);
    if (member.key == "level") return ReadLevel(member);
    if (member.key == "customer_id") return ReadCustomer(member);
    if (member.key == "metadata") return ReadMetadata(at);
    if (member.key == "timestamp") return ReadTimestamp(member);
    if (member.key == "id") return ReadOwnId(member);
    return "is not a property of events";
  }

 private:
  std::string_view ReadName(const JsonNode& member) {
    if (member.type != JsonType::kString || !IsEventName(member.text)) {
      return "is not an event's name: 1 to 253 of letters, digits and . _ - "
             ": /";
    }
    event_.event = member.text;
    return {};
  }

  std::string_view ReadData(std::uint32_t at) {
    if (tree_[at].type != JsonType::kObject) return "is not an object";
    event_.data = at;
    return {};
  }

  std::string_view ReadLevel(const JsonNode& member) {
    if (member.type != JsonType::kString || !IsLevel(member.text)) {
      return "is none of info, warning, error, success";
    }
    event_.level = member.text;
    return {};
  }

  std::string_view ReadCustomer(const JsonNode& member) {
    if (member.type == JsonType::kNull) return {};
    if (member.type != JsonType::kString ||
        !IsShortText(member.text, kMaxCustomerCharacters)) {
      return "is not a string of 1 to 255 characters";
    }
    event_.customer_id = member.text;
    return {};
  }

  std::string_view ReadMetadata(std::uint32_t at) {
    if (tree_[at].type == JsonType::kNull) return {};
    if (tree_[at].type != JsonType::kObject) return "is not an object";
    event_.metadata = at;
    return {};
  }

  std::string_view ReadTimestamp(const JsonNode& member) {
    if (member.type == JsonType::kNull) return {};
    if (member.type == JsonType::kString) {
      event_.timestamp = ParseIsoInstant(member.text);
    }
    if (event_.timestamp) return {};
    return "is not a time of 1970 to 9999 like 2026-06-01T12:00:00Z";
  }

  std::string_view ReadOwnId(const JsonNode& member) {
    if (member.type == JsonType::kNull) return {};
    if (member.type != JsonType::kString || !IsOwnId(member.text)) {
      return "is not an id: 1 to 64 characters without white space";
    }
    event_.own_id = member.text;
    return {};
  }

  const JsonTree& tree_;
  ParsedEvent& event_;
};

}  // namespace

EventBatchParser::EventBatchParser() : reader_(BodyLimits()) {}

bool EventBatchParser::Refuse(int status, std::string code, std::string path,
                              std::string message) {
  if (problems_.size() < kMaxProblems) {
    problems_.push_back(BatchProblem{status, std::move(code), std::move(path),
                                     std::move(message)});
  }
  return false;
}

bool EventBatchParser::RefuseText() {
  const JsonProblem& problem = reader_.problem();
  const bool too_large = problem.code == "body_limit";
  return Refuse(too_large ? 413 : 400, problem.code, "",
                "the body is refused: " + problem.message);
}

const EventBatch* EventBatchParser::Parse(std::string_view body) {
  problems_.clear();
  batch_.events.clear();
  batch_.paths.clear();
  batch_.tree = reader_.Read(body);
  if (batch_.tree == nullptr) {
    RefuseText();
    return nullptr;
  }
  return Collect() && problems_.empty() ? &batch_ : nullptr;
}

bool EventBatchParser::Collect() {
  const JsonTree& tree = *batch_.tree;
  if (tree[0].type == JsonType::kArray) return CollectList(0, "");
  if (tree[0].type != JsonType::kObject) {
    return Refuse(400, "invalid_event", "",
                  "the body is neither an event nor a list of events");
  }
  const std::uint32_t list = FindMember(tree, 0, "events");
  if (list == 0) {
    ReadEvent(0, "");
    return true;
  }
  if (tree[list].end != tree[0].end || list != 1) {
    return Refuse(400, "invalid_event", "",
                  "beside \"events\" no other property may stand");
  }
  if (tree[list].type != JsonType::kArray) {
    return Refuse(400, "invalid_event", "/events", "is not an array");
  }
  return CollectList(list, "/events");
}

bool EventBatchParser::CollectList(std::uint32_t list, std::string_view path) {
  const JsonTree& tree = *batch_.tree;
  std::size_t count = 0;
  for (std::uint32_t at = list + 1; at < tree[list].end; at = tree[at].end) {
    ++count;
  }
  if (count == 0 || count > kMaxBatchEvents) {
    return Refuse(400, "batch_limit", std::string(path),
                  "a batch holds 1 to " + std::to_string(kMaxBatchEvents) +
                      " events, this one " + std::to_string(count));
  }
  std::size_t index = 0;
  for (std::uint32_t at = list + 1; at < tree[list].end; at = tree[at].end) {
    ReadEvent(at, std::string(path) + "/" + std::to_string(index++));
  }
  return true;
}

void EventBatchParser::ReadEvent(std::uint32_t node, const std::string& path) {
  const JsonTree& tree = *batch_.tree;
  if (tree[node].type != JsonType::kObject) {
    Refuse(400, "invalid_event", path, "is not an event: an object");
    return;
  }
  if (SizeOf(tree, node) > kMaxEventBytes) {
    Refuse(
        413, "event_limit", path,
        "an event holds at most " + std::to_string(kMaxEventBytes) + " bytes");
    return;
  }
  if (reader_.depth() > kMaxEventDepth &&
      DepthOf(tree, node) > kMaxEventDepth) {
    Refuse(
        400, "depth_limit", path,
        "an event nests at most " + std::to_string(kMaxEventDepth) + " levels");
    return;
  }
  ParsedEvent event;
  event.node = node;
  EventReader reader(tree, event);
  for (std::uint32_t at = node + 1; at < tree[node].end; at = tree[at].end) {
    const std::string_view problem = reader.Read(at);
    if (problem.empty()) continue;
    std::string where = path;
    AppendPointer(tree[at].key, where);
    Refuse(400, "invalid_event", std::move(where), std::string(problem));
  }
  const std::pair<const char*, bool> required[] = {
      {"event", event.event.empty()},
      {"data", event.data == 0},
      {"level", event.level.empty()}};
  for (const auto& [key, unread] : required) {
    // What is there and wrong was told above.
    if (!unread || FindMember(tree, node, key) != 0) continue;
    Refuse(400, "invalid_event", path + "/" + key, "is required");
  }
  batch_.events.push_back(event);
  batch_.paths.push_back(path);
}

}  // namespace writ
