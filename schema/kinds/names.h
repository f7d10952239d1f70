// Closed sets of names that several tables share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace writ::kinds {

// The fifteen kinds that are planned and applied.
const std::vector<std::string>& ResourceKindNames();
std::vector<std::string_view> ResourceKindViews();

// create, update, replace, …
const std::vector<std::string>& ActionNames();

}  // namespace writ::kinds
