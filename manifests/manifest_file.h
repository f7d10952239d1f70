// One file of manifests in memory: its text, and its documents after the scan
// for raw credentials. What looks like one is hidden in every excerpt before
// anything else is said about the file.
//
// One thread at a time until it is parsed; then const access is safe from any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "manifests/source_text.h"
#include "manifests/yaml_parser.h"
#include "schema/validator.h"

namespace writ::manifests {

class ManifestFile {
 public:
  ManifestFile(std::string bytes, std::uint32_t index);
  ManifestFile(const ManifestFile&) = delete;
  ManifestFile& operator=(const ManifestFile&) = delete;

  // The file's documents; reports what is wrong with the YAML, and raw
  // credentials. The reporter's excerpts should come from Excerpt().
  std::vector<Document> Parse(Reporter& reporter);

  // Hides them in excerpts without parsing; Parse does so by itself.
  void HideCredentials();

  std::string Excerpt(std::uint32_t line) const { return text_.Excerpt(line); }

  const std::string& bytes() const { return bytes_; }
  std::uint32_t index() const { return index_; }

 private:
  std::string bytes_;
  std::uint32_t index_;
  SourceText text_;
};

}  // namespace writ::manifests
