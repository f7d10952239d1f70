#include "schema/text_list.h"

namespace writ {

std::string Joined(const std::vector<std::string>& texts,
                   std::string_view separator) {
  std::string joined;
  for (const std::string& text : texts) {
    if (&text != &texts.front()) joined += separator;
    joined += text;
  }
  return joined;
}

Value ListOfTexts(const std::vector<std::string>& texts) {
  return Value::List(texts.begin(), texts.end());
}

std::vector<std::string> TextsOf(const Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->IsList()) return texts;
  for (const Value& item : list->AsList()) {
    if (item.IsString()) texts.push_back(item.AsString());
  }
  return texts;
}

}  // namespace writ
