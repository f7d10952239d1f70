// Builds the values of a document from the events of a YAML parser. Knows no
// parser: the adapter (yaml_parser.cc) calls it with places and texts. What is
// wrong goes to the reporter; a limit that is met makes the calls return
// false, and the adapter then stops.
//
// One loader for one file; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "manifests/yaml_parser.h"
#include "manifests/yaml_position.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

class YamlLoader {
 public:
  using Place = YamlPositions::Place;
  using Anchor = std::size_t;  // 0: none
  enum class Style : std::uint8_t { kPlain, kQuoted, kTagged };
  struct Scalar {
    std::string_view text;
    Style style = Style::kPlain;
    std::string_view tag;  // of kTagged
  };

  YamlLoader(std::string_view text, std::uint32_t file,
             const YamlLimits& limits, Reporter& reporter);

  [[nodiscard]] bool StartDocument(const Place& place);
  void EndDocument();
  [[nodiscard]] bool AddNull(const Place& place, Anchor anchor);
  [[nodiscard]] bool AddScalar(const Place& place, const Scalar& scalar,
                               Anchor anchor);
  [[nodiscard]] bool AddAlias(const Place& place, Anchor anchor);
  // `tag` is empty where none was written.
  [[nodiscard]] bool StartList(const Place& place, std::string_view tag,
                               Anchor anchor);
  [[nodiscard]] bool StartMap(const Place& place, std::string_view tag,
                              Anchor anchor);
  [[nodiscard]] bool EndCollection();

  // Ends the document that is being read as a broken one, reports its errors,
  // and says where its innermost list or map in brackets began, if it is in
  // one.
  struct Abandoned {
    bool in_brackets = false;
    SourceRange opened;
    char bracket = '[';
  };
  Abandoned AbandonDocument();

  std::vector<Document> TakeDocuments() { return std::move(documents_); }
  YamlPositions& positions() { return positions_; }

 private:
  // What a value costs when it is repeated.
  struct Cost {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t depth = 0;
  };
  struct Anchored {
    Value value;
    Cost cost;
  };
  // An error of the document that is being read. Held back until it ends: a
  // bracket that is never closed makes errors of all that follows it.
  struct Fault {
    std::string_view code;
    SourceRange range;
    std::string summary;
    std::string hint;
  };
  // A list or map that is being read. What it holds so far stands at the end
  // of items_ or entries_, from `first` on.
  struct Frame {
    bool is_map = false;
    SourceRange range;
    std::size_t first = 0;
    Anchor anchor = 0;
    Cost before;  // spent before it
    std::size_t height = 0;
    std::size_t offset = 0;
    bool has_key = false;
    bool drop_value = false;  // its key was refused
    std::string key;
    SourceRange key_range;
    std::size_t key_offset = 0;
    // Keys seen, once they are too many to look through.
    std::unordered_set<std::string> keys;
  };

  bool IsKeyNext() const;
  bool Spend(std::size_t nodes, std::size_t bytes, const SourceRange& range);
  bool Limit(const SourceRange& range, std::string summary);
  void Refuse(std::string_view code, const SourceRange& range,
              std::string summary, std::string hint = {});
  void Add(Value value, std::size_t height);
  bool AddTyped(Value value, Anchor anchor, std::size_t bytes);
  bool Start(const Place& place, std::string_view tag, Anchor anchor,
             bool is_map);
  Value TakeCollection(const Frame& frame);
  void ForgetCollections();
  void TakeKey(const Place& place, const Scalar& scalar,
               const SourceRange& range);
  void RefuseKey(std::string_view code, const SourceRange& range,
                 std::string summary, std::string hint);
  // Those before a place; all where it is none.
  void ReportFaults(const SourceRange& before);
  const SourceRange* FindKey(Frame& frame, const std::string& key) const;
  SourceRange AbsentRange() const;

  std::string_view text_;
  YamlPositions positions_;
  const YamlLimits& limits_;
  Reporter& reporter_;
  std::vector<Document> documents_;
  Document current_;
  std::vector<Frame> frames_;
  std::vector<Value> items_;           // of all open lists
  std::vector<Value::Entry> entries_;  // of all open maps
  std::unordered_map<Anchor, Anchored> anchors_;
  Cost spent_;
  std::vector<Fault> faults_;
  std::size_t errors_ = 0;
};

}  // namespace writ::manifests
