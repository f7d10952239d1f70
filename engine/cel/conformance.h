// Tests of the language: one on a line of JSON, answered on a line, whatever it
// holds.
//
//   in   {"section", "group", "name", "expr", "bindings": {NAME: VALUE},
//         "container", "type_env": [{"name", "type"} or {"name", "overloads"}],
//         "disable_check", "check_only"}
//   out  {"section", "group", "name", "result": {"value": VALUE, "type": TYPE}}
//        or {"value"} with disable_check, {"type"} with check_only,
//        {"error": "text"}
// VALUE is the typed form of engine/cel/value_tree.h, TYPE what Type::ToText
// prints.
#pragma once

#include <string>
#include <string_view>

namespace writ::engine::cel {

// The answer, without the line's end. Pure.
std::string AnswerTest(std::string_view line);

}  // namespace writ::engine::cel
