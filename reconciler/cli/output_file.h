// A file that a command was told to write.
#pragma once

#include <string>
#include <string_view>

#include "schema/result.h"

namespace writ::reconciler {

// Beside the file first: what has the name is whole. A pipe or a device is
// written to as it is. kIo, with `what` ("the plan") in the message.
Status WriteOutputFile(const std::string& path, std::string_view text,
                       const std::string& what);

}  // namespace writ::reconciler
