// What an untyped scalar of YAML means, by the core schema of YAML 1.2 and
// nothing older: `no`, `yes`, `on` and `1_000` are texts, `010` is ten, `0x1F`
// and `0o17` are integers. What has no place in a manifest is refused rather
// than read as something near: .inf, .nan, integers beyond 64 bits, numbers
// beyond a double.
//
// Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/value.h"

namespace writ::manifests {

struct ScalarFault {
  std::string summary;
  std::string hint;
};

// A plain scalar. Never fails for texts; `fault` says why a number is refused.
struct TypedScalar {
  Value value;
  std::optional<ScalarFault> fault;
};
TypedScalar TypePlainScalar(std::string_view text);

// A scalar with an explicit tag ("tag:yaml.org,2002:int"). Known are str, int,
// float, bool and null.
TypedScalar TypeTaggedScalar(std::string_view tag, std::string_view text);

}  // namespace writ::manifests
