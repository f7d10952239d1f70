// Paths into a resource's content: "spec.fields[currency].required".
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/kind.h"
#include "schema/value.h"

namespace writ::engine {

std::string JoinMember(const std::string& path, std::string_view member);
std::string JoinKey(const std::string& path, std::string_view key);

// True for the path itself and everything below it.
bool IsAtOrBelow(std::string_view path, std::string_view ancestor);
bool IsAnyAtOrBelow(std::string_view path,
                    const std::vector<std::string>& ancestors);

// The field that describes a part of the content; content holds "spec",
// "metadata" and "lifecycle". Unknown parts, and members that the table
// doesn't know, are of any shape.
const Field& FieldOfPart(const Kind& kind, std::string_view part);
const Field& FieldOfMember(const Field& object, std::string_view member);

// The text that names an item of a keyed list; empty where it has none.
std::string_view KeyOf(const Field& list, const Value& item);
// The item with that key; null where there is none.
const Value* FindItem(const Field& list, const Value& items,
                      std::string_view key);

}  // namespace writ::engine
