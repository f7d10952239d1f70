// A file's name lasts from when its folder is on the disk.
#pragma once

#include <string>

#include "schema/result.h"

namespace writ::reconciler {

// After a file was made, renamed or removed. kIo, kPermission, kNotFound.
Status SyncFolderOf(const std::string& file);

}  // namespace writ::reconciler
