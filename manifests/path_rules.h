// What each file of a source is for, by writ.yaml: a manifest, a test, part of
// an overlay, or nothing.
//
// Immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/glob.h"
#include "manifests/repository.h"

namespace writ::manifests {

inline constexpr std::string_view kRepositoryFile = "writ.yaml";

enum class PathUse : std::uint8_t {
  kNone,
  kRepository,  // writ.yaml at the root
  kManifest,
  kTest,     // *.test.yaml, wherever it lies outside of overlays
  kOverlay,  // below an overlay folder of some environment
};

class PathRules {
 public:
  explicit PathRules(const RepositoryConfig& repository);

  PathUse UseOf(std::string_view path) const;
  // Below an overlay folder, whether excluded or not.
  bool IsInOverlay(std::string_view path) const;

 private:
  std::vector<Glob> include_;
  std::vector<Glob> exclude_;
  std::vector<std::string> overlays_;  // folders of every environment
};

// "environments/staging" for "./environments/staging/".
std::string CleanFolder(std::string_view folder);
// Whether the path lies below the (clean) folder.
bool IsBelow(std::string_view path, std::string_view folder);

}  // namespace writ::manifests
