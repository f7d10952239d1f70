// What each fuzz target does with bytes it is given. libFuzzer drives them
// (fuzz_main.cc), and fuzz_replay_test runs each over its corpus in every
// build. A broken promise ends the process by CHECK.
#pragma once

#include <string_view>

namespace writ {

// Reads the bytes as a file of manifests and validates its documents.
void FuzzYaml(std::string_view bytes);

// Reads the bytes as plain YAML and, where that takes them, as YAML: the same
// values at the same places, with the same errors.
void FuzzPlainYaml(std::string_view bytes);

// Compiles the bytes as an expression and evaluates it, twice.
void FuzzCel(std::string_view bytes);

// Reads the bytes as a file of policies, exceptions and other resources, and
// judges the making of those.
void FuzzPolicies(std::string_view bytes);

// Reads the bytes as a body of POST /v1/ingest and holds its events against a
// schema: what is stored is JSON and fits again.
void FuzzIngest(std::string_view bytes);

// Reads the bytes as what comes over a connection of the gateway's, without a
// socket: what handlers see keeps the server's promises, what is answered is
// HTTP, and both are the same however the bytes come.
void FuzzHttp(std::string_view bytes);

// Reads the bytes as a file of allowed signers and as the signature of a
// commit, and verifies it.
void FuzzSignatures(std::string_view bytes);

}  // namespace writ
