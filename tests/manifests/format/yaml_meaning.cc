#include "tests/manifests/format/yaml_meaning.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <utility>

namespace writ::manifests {
namespace {

class Recorder : public YAML::EventHandler {
 public:
  explicit Recorder(bool sort_keys) : sort_keys_(sort_keys) {}

  void OnDocumentStart(const YAML::Mark&) override { open_ = {{}}; }
  void OnDocumentEnd() override {
    std::string text;
    for (const std::string& part : open_.front()) text += part;
    documents.push_back(text);
  }
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override {
    Add(Anchor(anchor) + "null");
  }
  void OnAlias(const YAML::Mark&, YAML::anchor_t anchor) override {
    Add("*" + std::to_string(anchor));
  }
  void OnScalar(const YAML::Mark&, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    std::string kind = tag;
    if (tag == "?") kind = IsTyped(value) ? "typed" : "string";
    if (tag == "!") kind = "string";
    Add(Anchor(anchor) + kind + "<" + value + ">");
  }
  void OnSequenceStart(const YAML::Mark&, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    heads_.push_back(Anchor(anchor) + tag + "[");
    open_.emplace_back();
  }
  void OnSequenceEnd() override { End("]", false); }
  void OnMapStart(const YAML::Mark&, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    heads_.push_back(Anchor(anchor) + tag + "{");
    open_.emplace_back();
  }
  void OnMapEnd() override { End("}", sort_keys_ && heads_.size() == 1); }

  std::vector<std::string> documents;

 private:
  static std::string Anchor(YAML::anchor_t anchor) {
    return anchor == 0 ? "" : "&" + std::to_string(anchor) + " ";
  }
  void Add(std::string text) { open_.back().push_back(std::move(text)); }
  void End(const char* tail, bool sort) {
    std::vector<std::string> parts = std::move(open_.back());
    open_.pop_back();
    std::vector<std::string> pairs;
    if (tail[0] == '}') {
      for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        pairs.push_back(parts[i] + ": " + parts[i + 1]);
      }
    } else {
      pairs = parts;
    }
    if (sort) std::sort(pairs.begin(), pairs.end());
    std::string text = heads_.back();
    heads_.pop_back();
    for (const std::string& pair : pairs) text += pair + ", ";
    Add(text + tail);
  }

  bool sort_keys_;
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> open_;
};

}  // namespace

std::optional<std::vector<std::string>> MeaningOf(const std::string& text,
                                                  bool sort_keys) {
  std::istringstream stream(text);
  Recorder recorder(sort_keys);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(recorder)) {
      // For ", }" yaml-cpp 0.7 gives empty documents without end.
      if (recorder.documents.size() > text.size()) return std::nullopt;
    }
  } catch (const YAML::Exception&) {
    return std::nullopt;
  }
  return recorder.documents;
}

bool IsTyped(const std::string& plain) {
  static const std::regex kTyped(
      // null, merge and value
      "~|null|Null|NULL||<<|="
      // booleans of 1.1
      "|y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE"
      "|on|On|ON|off|Off|OFF"
      // integers of 1.1 and 1.2
      "|[-+]?0b[0-1_]+|[-+]?0[0-7_]+|0o[0-7]+|[-+]?(0|[1-9][0-9_]*)|[-+]?[0-9]+"
      "|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+"
      // floats of 1.1 and 1.2
      "|[-+]?([0-9][0-9_]*)?\\.[0-9.]*([eE][-+][0-9]+)?"
      "|[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
      "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\\.[0-9_]*"
      "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"
      // timestamps
      "|[0-9]{4}-[0-9]{2}-[0-9]{2}"
      "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{2}"
      ":[0-9]{2}(\\.[0-9]*)?([ \\t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?");
  return std::regex_match(plain, kTyped);
}

}  // namespace writ::manifests
