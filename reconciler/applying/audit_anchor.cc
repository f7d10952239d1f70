#include "reconciler/applying/audit_anchor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "reconciler/applying/apply_result.h"

namespace writ::reconciler {

Status AppendAuditAnchor(const std::string& path,
                         const std::string& environment,
                         const AuditHead& head) {
  const std::string line = environment + " " + AuditHeadText(head) + "\n";
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const bool whole = file >= 0 &&
                     write(file, line.data(), line.size()) ==
                         static_cast<ssize_t>(line.size()) &&
                     fsync(file) == 0;
  const int cause = errno;
  if (file >= 0) close(file);
  if (whole) return {};
  return Fail(ErrorCode::kIo, "can't append the audit's head to " + path +
                                  ": " + std::strerror(cause));
}

}  // namespace writ::reconciler
