// The small part of YAML that nearly every manifest keeps to, read some twenty
// times faster than the whole language: block maps and lists, lists and maps
// in brackets on one line, texts on one line without escapes, comments.
//
// What is read here is read exactly as yaml-cpp reads it, place by place
// (tests/manifests/parser). Whatever is written in another way, or may be
// wrong, isn't judged here but left to yaml-cpp as a file: it alone reports
// errors of syntax.
//
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "manifests/yaml_loader.h"

namespace writ::manifests {

enum class PlainYaml : std::uint8_t {
  kRead,
  kStopped,   // a limit was met and reported
  kNotPlain,  // the loader wasn't called
};

// Hands all documents of a file to the loader. REQUIRES: valid UTF-8 without
// control characters.
PlainYaml ReadPlainYaml(std::string_view text, YamlLoader& loader);

}  // namespace writ::manifests
