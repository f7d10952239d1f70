// Sources on the host that writ runs on: a variable, a file, a program's
// output; each only as the host file grants it (T-01). One newline at the end
// of a file or an output isn't part of the value.
//
// kPermission without a grant, naming it; kNotFound where nothing is there;
// kLimit for more than 64 KiB; kIo where a program fails. No error holds what
// was read.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "reconciler/host/host_file.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/value.h"

namespace writ::reconciler {

Result<SecretValue> ReadVariableSource(
    const HostFile& host,
    const std::function<std::optional<std::string>(const char*)>& variable,
    const std::string& name);
Result<SecretValue> ReadFileSource(const HostFile& host,
                                   const std::string& path);
// `spec`: {command: [argv], timeout}. Blocks until it ends.
Result<SecretValue> ReadProgramSource(const HostFile& host, const Value& spec);

}  // namespace writ::reconciler
