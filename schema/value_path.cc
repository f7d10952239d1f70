#include "schema/value_path.h"

namespace writ {

ValuePath::Step::Step(ValuePath& path, std::string_view member) : path_(path) {
  path_.parts_.push_back(Part{member, 0, Part::Form::kMember});
}

ValuePath::Step::Step(ValuePath& path, std::size_t index) : path_(path) {
  path_.parts_.push_back(Part{{}, index, Part::Form::kIndex});
}

void ValuePath::NameItem(std::string_view key) {
  parts_.back() = Part{key, 0, Part::Form::kKey};
}

std::string ValuePath::Text() const {
  std::string text;
  for (const Part& part : parts_) {
    switch (part.form) {
      case Part::Form::kMember:
        if (!text.empty()) text += '.';
        text.append(part.text);
        break;
      case Part::Form::kIndex:
        text.append("[").append(std::to_string(part.index)).append("]");
        break;
      case Part::Form::kKey:
        text.append("[").append(part.text).append("]");
        break;
    }
  }
  return text;
}

}  // namespace writ
