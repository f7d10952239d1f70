// The body of POST /v1/ingest: one event, {"events": […]} or an array. Says
// whether it has the form that every event has; what an app's schemas ask of
// it is event_validator.h's.
//
//   event        the name; [A-Za-z0-9] and . _ - : /, at most 253
//   data         an object
//   level        info, warning, error, success
//   customer_id  at most 255 characters; optional, as all below
//   metadata     an object
//   timestamp    ISO 8601 with a time of day and an offset, 1970–9999
//   id           the sender's own, at most 64 characters
//
// Optional ones may be null; no others may be there. A batch holds 1–100
// events, a body 1 MiB, an event 64 KiB (keys and strings as they mean, not as
// they are escaped) and 32 levels. Limits are named where they refuse.
//
// A parser is kept and used again, by one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/event/json_tree.h"
#include "schema/time.h"

namespace writ {

inline constexpr std::size_t kMaxBatchEvents = 100;
inline constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxEventBytes = std::size_t{64} << 10U;
inline constexpr int kMaxEventDepth = 32;

// Borrows from the parser.
struct ParsedEvent {
  std::uint32_t node = 0;
  std::string_view event;
  std::string_view level;
  std::uint32_t data = 0;
  std::uint32_t metadata = 0;  // 0: none
  std::optional<std::string_view> customer_id;
  std::optional<Timestamp> timestamp;
  std::optional<std::string_view> own_id;
};

struct BatchProblem {
  int status = 400;           // 413 where it is too large
  std::string code;           // "invalid_json", "invalid_event", "…_limit"
  std::string instance_path;  // a JSON pointer in the body
  std::string message;
};

struct EventBatch {
  const JsonTree* tree = nullptr;
  std::vector<ParsedEvent> events;
  // The pointer to an event: "/events/3", "/3", "".
  std::vector<std::string> paths;
};

class EventBatchParser {
 public:
  EventBatchParser();

  // Null where the body is refused: problems() says why, in the body's order.
  // Valid until the next call.
  const EventBatch* Parse(std::string_view body);
  const std::vector<BatchProblem>& problems() const { return problems_; }

 private:
  bool Refuse(int status, std::string code, std::string path,
              std::string message);
  bool RefuseText();
  bool Collect();
  bool CollectList(std::uint32_t list, std::string_view path);
  void ReadEvent(std::uint32_t node, const std::string& path);

  JsonReader reader_;
  EventBatch batch_;
  std::vector<BatchProblem> problems_;
};

}  // namespace writ
