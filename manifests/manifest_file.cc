#include "manifests/manifest_file.h"

#include <utility>

#include "manifests/credential_check.h"

namespace writ::manifests {

ManifestFile::ManifestFile(std::string bytes, std::uint32_t index)
    : bytes_(std::move(bytes)),
      index_(index),
      text_(WithoutByteOrderMark(bytes_), index) {}

void ManifestFile::HideCredentials() {
  static_cast<void>(manifests::HideCredentials(text_));
}

std::vector<Document> ManifestFile::Parse(Reporter& reporter) {
  const auto findings = manifests::HideCredentials(text_);
  ReportCredentials(findings, text_, reporter);
  auto documents = ParseYaml(bytes_, index_, YamlLimits(), reporter);
  for (const Document& document : documents) {
    CheckDocument(document.root, text_, reporter);
  }
  return documents;
}

}  // namespace writ::manifests
