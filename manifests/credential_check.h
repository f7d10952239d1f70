// Raw credentials in manifests (S-08): refused wherever they stand, in values,
// keys and comments, and hidden in every excerpt from the moment they are
// found.
//
// Besides what FindCredentials knows by its shape, a text in a `url` or
// `secretRef` field may hold no part of 20 characters and more with over 3.5
// bits a character, unless its line ends with `# writ:allow-secret REASON`. A
// part is what stands between the separators of a URL, so that a long host or
// path made of words passes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manifests/source_text.h"
#include "manifests/yaml_parser.h"
#include "schema/credential/credential_scan.h"
#include "schema/validator.h"

namespace writ::manifests {

// Finds those written as they are and hides them.
std::vector<CredentialFinding> HideCredentials(SourceText& text);

// An error for each of them.
void ReportCredentials(const std::vector<CredentialFinding>& findings,
                       const SourceText& text, Reporter& reporter);

// What to say of one that came together from variables, which never shows a
// part of it.
struct CredentialWords {
  std::string summary;
  std::string hint;
};

// The first credential in a text or in the texts of a list.
std::optional<CredentialWords> FindCredentialIn(const Value& value);

// An error for each that only shows once the YAML is read: written with
// escapes, or random in a field that refers to a secret.
void CheckDocument(const Value& root, SourceText& text, Reporter& reporter);

}  // namespace writ::manifests
