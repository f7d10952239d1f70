// Lists of texts: as one text, and as values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/value.h"

namespace writ {

// "dev, prod"; empty for none.
std::string Joined(const std::vector<std::string>& texts,
                   std::string_view separator = ", ");

// A list of strings.
Value ListOfTexts(const std::vector<std::string>& texts);

// The strings of a list, others passed over; none where it isn't a list.
std::vector<std::string> TextsOf(const Value* list);

}  // namespace writ
