// What a text means to yaml-cpp, as text: the yardstick that the formatter is
// held to. Written without the formatter's own rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::manifests {

// One line a document; nullopt where yaml-cpp refuses the text. Plain scalars
// that YAML 1.1 or 1.2 takes for something other than a string differ from the
// same text in quotes. Keys of a document's outermost mapping are sorted where
// `sort_keys` is set.
std::optional<std::vector<std::string>> MeaningOf(const std::string& text,
                                                  bool sort_keys);

// True for the plain text of a null, boolean, number, date or merge key, by the
// expressions of the YAML 1.1 type repository and of the 1.2 core schema.
bool IsTyped(const std::string& plain);

}  // namespace writ::manifests
